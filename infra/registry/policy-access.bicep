// What the identity of the policy may do: make diagnostic settings, and deploy them. An assignment that is made anew has
// another identity; this file gets it as a parameter, so that its roles have other names too.
targetScope = 'subscription'

param principalId string
param resourceGroupName string
param storageAccountName string

var roles = loadJsonContent('../roles.json')

resource settings 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, roles.monitoringContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringContributor)
  }
}

module storage 'policy-storage.bicep' = {
  scope: resourceGroup(resourceGroupName)
  name: 'policy-storage'
  params: { accountName: storageAccountName, principalId: principalId }
}
