// Pulls of every registry of the subscription, by Azure Policy: the diagnostic setting of pulls.bicep, for each that is
// made or changed and has none. What the policy says is in pulls-policy.json.
//
// Only the pulls: events need two resources, of which the first may be there under any name, of others, and without the
// identity that delivers. A policy can only add what it can name; the app looks, see docs/DEPLOY.md.
targetScope = 'subscription'

param location string
param token string
param resourceGroupName string
param storageAccountName string
param storageAccountId string

@description('The resource tag by which a registry is left out, as name=value.')
param excludingTag string

var roles = loadJsonContent('../roles.json')
var policy = loadJsonContent('pulls-policy.json')
// The second is needed at the storage account only; Azure Policy wants to know of both.
var needed = [
  roles.monitoringContributor
  roles.readerAndDataAccess
]
var roleDefinitionIds = [for role in needed: '/providers/Microsoft.Authorization/roleDefinitions/${role}']
var tagName = trim(split(excludingTag, '=')[0])
var tagValue = trim(substring(excludingTag, indexOf(excludingTag, '=') + 1))

resource definition 'Microsoft.Authorization/policyDefinitions@2025-03-01' = {
  name: 'plimsoll-pulls-${token}'
  properties: {
    displayName: 'Plimsoll: pulls of container registries are logged'
    description: 'Gives a container registry the diagnostic setting by which Plimsoll learns which images are pulled.'
    policyType: 'Custom'
    mode: 'Indexed'
    metadata: { category: 'Monitoring', version: '1.0.0' }
    parameters: policy.parameters
    policyRule: union(policy.policyRule, { then: { details: { roleDefinitionIds: roleDefinitionIds } } })
  }
}

resource assignment 'Microsoft.Authorization/policyAssignments@2025-03-01' = {
  name: 'plimsoll-pulls-${token}'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    displayName: 'Plimsoll: pulls of container registries are logged'
    policyDefinitionId: definition.id
    parameters: {
      location: { value: toLower(replace(location, ' ', '')) }
      storageAccountId: { value: storageAccountId }
      excludingTagName: { value: tagName }
      excludingTagValue: { value: tagValue }
    }
  }
}

module access 'policy-access.bicep' = {
  name: 'plimsoll-policy-access-${token}'
  params: {
    principalId: assignment.identity.principalId
    resourceGroupName: resourceGroupName
    storageAccountName: storageAccountName
  }
}
