// Pulling from every registry of the subscription, and what the app needs to find them and to connect their events.
targetScope = 'subscription'

param principalId string

var roles = loadJsonContent('../roles.json')
var watching = [
  roles.acrPull
  roles.containerRegistryRepositoryReader
  roles.containerRegistryRepositoryCatalogLister
  roles.reader
  roles.eventGridContributor
  roles.monitoringContributor
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in watching: {
  name: guid(subscription().id, principalId, role)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]
