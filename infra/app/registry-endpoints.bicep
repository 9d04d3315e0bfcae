// Private endpoints for registries behind Private Link: a registry needs the SKU Premium for one.
param location string
param tags object
param registries array
param networkId string
param subnetId string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: 'privatelink${environment().suffixes.acrLoginServer}'
  location: 'global'
  tags: tags
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: 'plimsoll'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: networkId }
  }
}

resource endpoints 'Microsoft.Network/privateEndpoints@2024-10-01' = [for registry in registries: {
  name: 'pe-plimsoll-${registry.name}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: registry.name
        properties: {
          privateLinkServiceId: resourceId(registry.resourceGroup, 'Microsoft.ContainerRegistry/registries', registry.name)
          groupIds: ['registry']
        }
      }
    ]
  }
}]

// One group holds the addresses of the registry and of its data endpoints in every region.
resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-10-01' = [for (registry, index) in registries: {
  parent: endpoints[index]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [{ name: 'registry', properties: { privateDnsZoneId: zone.id } }]
  }
}]
