// Everything that a subscription needs. What it creates, and who must be allowed to: docs/DEPLOY.md.
targetScope = 'subscription'

@description('The name of the installation: it is part of the resource group\'s name and of the tag azd-env-name.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Where the installation lives. Pull logs come only from registries of the same region.')
param location string

@description('The registries of this subscription to watch, as { name, resourceGroup, location }; and systemTopic if there is one.')
param registries array = []

@description('Let the identity read every registry of the subscription, and connect the events of those that it finds.')
param watchSubscription bool = false

@description('Have Azure Policy log the pulls of every registry of the subscription that lies in the same region.')
param pullsByPolicy bool = false

@description('How events of registries arrive: "queue" needs nothing else, "function" needs the app deployed before.')
@allowed(['queue', 'function'])
param eventDestination string = 'queue'

@description('FC1 is Flex Consumption. The others are for regions without it, and do not scale by themselves.')
@allowed(['FC1', 'P0v3', 'P1v3', 'P2v3'])
param planSku string = 'FC1'

@description('Memory of an instance, in MB; processor time goes with it.')
@allowed([2048, 4096])
param instanceMemoryMB int = 2048

@description('How many instances there may be at once; this bounds what a wave of pushes can cost.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that never stop, such as { name: \'http\', instanceCount: 1 }; each is paid for all the time.')
param alwaysReady array = []

@description('The application that users sign in to, see infra/register-app.sh; without one, function keys only read.')
param authClientId string = ''

@description('The tenant of that application.')
param authTenantId string = subscription().tenantId

@description('How storage is kept: Standard_LRS in one building, ZRS in three, GZRS and RAGZRS also far away.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param storageSku string = 'Standard_ZRS'

@description('Reach storage, and the registries, through private endpoints in a network of its own.')
param privateNetwork bool = false

@description('The resource id of the action group that alerts go to; without one they are only shown.')
param actionGroupId string = ''

@description('What an installation can choose, by the names of the README.')
param settings object = loadJsonContent('settings.json')

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'app/identity.bicep' = {
  scope: group
  name: 'identity'
  params: { location: location, tags: tags, token: token }
}

module storage 'app/storage.bicep' = {
  scope: group
  name: 'storage'
  params: { location: location, tags: tags, token: token, sku: storageSku, privateNetwork: privateNetwork }
}

module monitoring 'app/monitoring.bicep' = {
  scope: group
  name: 'monitoring'
  params: { location: location, tags: tags, token: token }
}

module notifications 'app/notifications.bicep' = {
  scope: group
  name: 'notifications'
  params: { location: location, tags: tags, token: token }
}

module roles 'app/roles.bicep' = {
  scope: group
  name: 'roles'
  params: {
    appPrincipalId: identity.outputs.appPrincipalId
    deliveryPrincipalId: identity.outputs.deliveryPrincipalId
    deliveryIdentityName: identity.outputs.deliveryIdentityName
    storageAccountName: storage.outputs.accountName
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    topicName: notifications.outputs.topicName
    watchSubscription: watchSubscription
  }
}

module network 'app/network.bicep' = if (privateNetwork) {
  scope: group
  name: 'network'
  params: { location: location, tags: tags, token: token, planSku: planSku }
}

module storageEndpoints 'app/storage-endpoints.bicep' = if (privateNetwork) {
  scope: group
  name: 'storage-endpoints'
  params: {
    location: location
    tags: tags
    token: token
    storageAccountId: storage.outputs.accountId
    networkId: privateNetwork ? network.outputs.networkId : ''
    subnetId: privateNetwork ? network.outputs.endpointsSubnetId : ''
  }
}

module registryEndpoints 'app/registry-endpoints.bicep' = if (privateNetwork) {
  scope: group
  name: 'registry-endpoints'
  params: {
    location: location
    tags: tags
    registries: registries
    networkId: privateNetwork ? network.outputs.networkId : ''
    subnetId: privateNetwork ? network.outputs.endpointsSubnetId : ''
  }
}

module subscriptionAccess 'registry/subscription-access.bicep' = if (watchSubscription) {
  name: 'plimsoll-access-${token}'
  params: { principalId: identity.outputs.appPrincipalId }
}

module registryAccess 'registry/access.bicep' = [for registry in registries: {
  scope: resourceGroup(registry.resourceGroup)
  name: 'plimsoll-access-${uniqueString(token, registry.name)}'
  params: { registryName: registry.name, principalId: identity.outputs.appPrincipalId }
}]

module app 'app/function-app.bicep' = {
  scope: group
  name: 'app'
  dependsOn: [roles, storageEndpoints]
  params: {
    location: location
    tags: tags
    token: token
    planSku: planSku
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    identityId: identity.outputs.appIdentityId
    identityClientId: identity.outputs.appClientId
    deploymentContainer: '${storage.outputs.blobEndpoint}${storage.outputs.deploymentContainerName}'
    subnetId: privateNetwork ? network.outputs.appSubnetId : ''
    storageEndpoints: {
      blob: storage.outputs.blobEndpoint
      queue: storage.outputs.queueEndpoint
      table: storage.outputs.tableEndpoint
    }
    applicationInsightsConnection: monitoring.outputs.connectionString
    topicEndpoint: notifications.outputs.endpoint
    loginServers: [for (registry, index) in registries: registryAccess[index].outputs.loginServer]
    registryResources: [for (registry, index) in registries: registryAccess[index].outputs.namedResource]
    storageAccountId: storage.outputs.accountId
    deliveryIdentityId: identity.outputs.deliveryIdentityId
    settings: settings
    watchSubscription: watchSubscription
    signIn: !empty(authClientId)
  }
}

module authentication 'app/authentication.bicep' = if (!empty(authClientId)) {
  scope: group
  name: 'authentication'
  params: {
    appName: app.outputs.name
    clientId: authClientId
    tenantId: authTenantId
    eventDestination: eventDestination
  }
}

module registryEvents 'registry/events.bicep' = [for registry in registries: {
  scope: resourceGroup(registry.resourceGroup)
  name: 'plimsoll-events-${uniqueString(token, registry.name)}'
  dependsOn: [roles]
  params: {
    registryName: registry.name
    existingTopicName: contains(registry, 'systemTopic') ? registry.systemTopic : ''
    location: registry.location
    tags: tags
    deliveryIdentityId: identity.outputs.deliveryIdentityId
    storageAccountId: storage.outputs.accountId
    eventDestination: eventDestination
    appId: app.outputs.id
    actionGroupId: actionGroupId
  }
}]

module registryPulls 'registry/pulls.bicep' = [for registry in registries: {
  scope: resourceGroup(registry.resourceGroup)
  name: 'plimsoll-pulls-${uniqueString(token, registry.name)}'
  params: {
    registryName: registry.name
    registryLocation: registry.location
    storageAccountId: storage.outputs.accountId
    storageLocation: location
  }
}]

module pullsPolicy 'registry/pulls-policy.bicep' = if (pullsByPolicy) {
  name: 'plimsoll-policy-${token}'
  params: {
    location: location
    token: token
    resourceGroupName: group.name
    storageAccountName: storage.outputs.accountName
    storageAccountId: storage.outputs.accountId
    excludingTag: settings.EXCLUDING_TAG
  }
}

module alerts 'app/alerts.bicep' = {
  scope: group
  name: 'alerts'
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    actionGroupId: actionGroupId
  }
}

output AZURE_FUNCTION_NAME string = app.outputs.name
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_API_ENDPOINT string = app.outputs.endpoint
output PLIMSOLL_STORAGE_ACCOUNT string = storage.outputs.accountName
output PLIMSOLL_IDENTITY_CLIENT_ID string = identity.outputs.appClientId
output PLIMSOLL_IDENTITY_PRINCIPAL_ID string = identity.outputs.appPrincipalId
