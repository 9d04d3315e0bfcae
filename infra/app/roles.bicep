// What the two identities may do in the installation's own resource group. The ids are in ../roles.json.
param appPrincipalId string
param deliveryPrincipalId string
param deliveryIdentityName string
param storageAccountName string
param applicationInsightsName string
param topicName string
param watchSubscription bool

var roles = loadJsonContent('../roles.json')
var appOnStorage = [
  roles.storageBlobDataOwner
  roles.storageQueueDataContributor
  roles.storageTableDataContributor
]
var deliveryOnStorage = [
  roles.storageQueueDataMessageSender
  roles.storageBlobDataContributor
]

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource deliveryIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: deliveryIdentityName
}

resource appStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in appOnStorage: {
  name: guid(account.id, appPrincipalId, role)
  scope: account
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

resource deliveryStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in deliveryOnStorage: {
  name: guid(account.id, deliveryPrincipalId, role)
  scope: account
  properties: {
    principalId: deliveryPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

resource appInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, appPrincipalId, roles.monitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringMetricsPublisher)
  }
}

resource appTopic 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(topic.id, appPrincipalId, roles.eventGridDataSender)
  scope: topic
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.eventGridDataSender)
  }
}

// So that the app can give the delivery identity to the system topics that it makes for registries that it finds.
resource appDelivery 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deliveryIdentity.id, appPrincipalId, roles.managedIdentityOperator)
  scope: deliveryIdentity
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.managedIdentityOperator)
  }
}

// Azure Monitor asks whoever makes a diagnostic setting for the right to list the keys of the account that it writes to,
// though nobody can use them here: learn.microsoft.com, "Roles, permissions, and security in Azure Monitor".
resource appKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (watchSubscription) {
  name: guid(account.id, appPrincipalId, roles.readerAndDataAccess)
  scope: account
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.readerAndDataAccess)
  }
}
