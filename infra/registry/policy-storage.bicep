// What the identity of the policy needs at the storage account: Azure Monitor asks whoever makes a diagnostic setting
// for the right to list its keys, though nobody can use them here.
param accountName string
param principalId string

var roles = loadJsonContent('../roles.json')

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: accountName
}

resource keys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, roles.readerAndDataAccess)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.readerAndDataAccess)
  }
}
