// The storage account of the event log, the projections, the queues and the deployment. Nobody can use a key of it.
param location string
param tags object
param token string
param sku string
param privateNetwork bool

// The names are those of shared/domain/stored_names.py; tests/unit/infra/test_names.py compares them.
var queueNames = [
  'registry-events'
  'registry-events-poison'
  'scans'
  'scans-poison'
  'projections'
  'projections-poison'
  'reconciliations'
  'reconciliations-poison'
  'walks'
  'walks-poison'
]
var tableNames = [
  'events'
  'streams'
  'projections'
  'tags1'
  'deadletters'
  'packagesets'
  'notices'
  'pulloffsets'
  'reconciliations'
]
var containerNames = [
  'reports'
  'inventories'
  'layers'
  'advisories'
  'signals'
  'undelivered-events'
  'insights-logs-containerregistryrepositoryevents'
]
var deploymentContainerName = 'deployment'

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: 'stplimsoll${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      // Event Grid and diagnostic settings come as trusted services; the app through its private endpoints.
      bypass: 'AzureServices'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 14 }
    containerDeleteRetentionPolicy: { enabled: true, days: 14 }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = [for name in containerNames: {
  parent: blobs
  name: name
  properties: { publicAccess: 'None' }
}]

resource deployment 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: blobs
  name: deploymentContainerName
  properties: { publicAccess: 'None' }
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-01-01' = [for name in queueNames: {
  parent: queueService
  name: name
}]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' = [for name in tableNames: {
  parent: tableService
  name: name
}]

output accountId string = account.id
output accountName string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output tableEndpoint string = account.properties.primaryEndpoints.table
output deploymentContainerName string = deploymentContainerName
