// Pulls of one registry: Azure Monitor appends them to blobs of the storage account, which the app reads.
param registryName string
param storageAccountId string

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource pulls 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'plimsoll-pulls'
  scope: registry
  properties: {
    storageAccountId: storageAccountId
    logs: [{ category: 'ContainerRegistryRepositoryEvents', enabled: true }]
  }
}
