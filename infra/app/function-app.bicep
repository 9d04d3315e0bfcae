// The function app: its settings, on Flex Consumption or, where there is none, on a plan of fixed size.
param location string
param tags object
param token string
param planSku string
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReady array
param identityId string
param identityClientId string
param deploymentContainer string
param subnetId string
param storageEndpoints object
param applicationInsightsConnection string
param topicEndpoint string
param loginServers array
param registryResources array
param storageAccountId string
param deliveryIdentityId string
param settings object
param watchSubscription bool
param signIn bool

var cloudNames = {
  AzureCloud: 'AzurePublic'
  AzureUSGovernment: 'AzureUSGovernment'
  AzureChinaCloud: 'AzureChina'
}
var name = 'func-plimsoll-${token}'
var flex = planSku == 'FC1'

// Storage by identity: the addresses come from the account, as every cloud has its own.
var platformSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: storageEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: storageEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: storageEndpoints.table
  AzureWebJobsDisableHomepage: 'true'
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}
// With this setting the app proves by its identity, and without a secret, who it is when users sign in.
var signInSettings = signIn ? { OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identityClientId } : {}
var ownSettings = {
  AZURE_CLOUD: cloudNames[environment().name]
  SUBSCRIPTION_ID: subscription().subscriptionId
  REGISTRIES: join(loginServers, ',')
  REGISTRY_RESOURCE_IDS: join(registryResources, ',')
  EVENT_STORAGE_ID: storageAccountId
  EVENT_IDENTITY_ID: deliveryIdentityId
  NOTIFICATION_TOPIC_ENDPOINT: topicEndpoint
}
// Without the right to list registries, every look into the subscription would fail.
var discoverySettings = watchSubscription ? {} : { DISCOVERY: 'off' }
var appSettings = union(settings, platformSettings, signInSettings, discoverySettings, ownSettings)

module onFlex 'flex.bicep' = if (flex) {
  name: 'flex'
  params: {
    name: name
    location: location
    tags: tags
    token: token
    identityId: identityId
    deploymentContainer: deploymentContainer
    subnetId: subnetId
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    appSettings: appSettings
  }
}

module onDedicated 'dedicated.bicep' = if (!flex) {
  name: 'dedicated'
  params: {
    name: name
    location: location
    tags: tags
    token: token
    planSku: planSku
    identityId: identityId
    subnetId: subnetId
    appSettings: appSettings
  }
}

output name string = name
output id string = flex ? onFlex.outputs.id : onDedicated.outputs.id
output endpoint string = 'https://${flex ? onFlex.outputs.hostName : onDedicated.outputs.hostName}'
