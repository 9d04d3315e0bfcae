// Pulling from one registry. Of the three roles a registry heeds those of its mode: AcrPull, or, with repository
// permissions (roleAssignmentMode AbacRepositoryPermissions), Repository Reader and Catalog Lister. All are assigned,
// as the mode can change.
param registryName string
param principalId string

var roles = loadJsonContent('../roles.json')
var pulling = [
  roles.acrPull
  roles.containerRegistryRepositoryReader
  roles.containerRegistryRepositoryCatalogLister
]

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in pulling: {
  name: guid(registry.id, principalId, role)
  scope: registry
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

output loginServer string = registry.properties.loginServer
output namedResource string = '${registry.properties.loginServer}=${registry.id}'
