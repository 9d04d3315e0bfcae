// The network of a private installation: one subnet for the app, one for the private endpoints.
param location string
param tags object
param token string
param planSku string

@description('The addresses of the network and of its subnets; choose others where it is to be peered.')
param addressSpace string = '10.90.0.0/23'
param appAddresses string = '10.90.0.0/24'
param endpointAddresses string = '10.90.1.0/24'

resource network 'Microsoft.Network/virtualNetworks@2024-10-01' = {
  name: 'vnet-plimsoll-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appAddresses
          delegations: [
            {
              name: 'functions'
              properties: {
                serviceName: planSku == 'FC1' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointAddresses
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

output networkId string = network.id
output appSubnetId string = '${network.id}/subnets/app'
output endpointsSubnetId string = '${network.id}/subnets/endpoints'
