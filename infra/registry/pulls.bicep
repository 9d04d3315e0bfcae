// Pulls of one registry: Azure Monitor appends them to blobs of the storage account, which the app reads.
//
// Azure Monitor writes to storage accounts of the registry's own region only; pulls elsewhere are not seen.
param registryName string
param registryLocation string
param storageAccountId string
param storageLocation string

var sameRegion = toLower(replace(registryLocation, ' ', '')) == toLower(replace(storageLocation, ' ', ''))

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource pulls 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (sameRegion) {
  name: 'plimsoll'
  scope: registry
  properties: {
    storageAccountId: storageAccountId
    logs: [{ category: 'ContainerRegistryRepositoryEvents', enabled: true }]
  }
}
