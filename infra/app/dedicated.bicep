// The app on a plan of fixed size, for clouds and regions without Flex Consumption.
param name string
param location string
param tags object
param token string
param planSku string
param identityId string
param subnetId string
param appSettings object

var runtimeSettings = {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'python'
  SCM_DO_BUILD_DURING_DEPLOYMENT: 'true'
  ENABLE_ORYX_BUILD: 'true'
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-plimsoll-${token}'
  location: location
  tags: tags
  kind: 'linux'
  sku: { name: planSku, capacity: 2 }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      alwaysOn: true
      ftpsState: 'Disabled'
      http20Enabled: true
      linuxFxVersion: 'Python|3.13'
      minTlsVersion: '1.2'
      vnetRouteAllEnabled: !empty(subnetId)
    }
  }
}

// Nobody deploys with a password, neither over FTP nor over HTTPS.
resource ftpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource scmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource configuration 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(appSettings, runtimeSettings)
}

output id string = app.id
output hostName string = app.properties.defaultHostName
