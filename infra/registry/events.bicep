// Pushes and deletions of one registry: its system topic, and a subscription to the queue or to the function.
//
// A registry can have one system topic only. One that was there before is used and left as it is: making it anew would
// take away the identities with which it delivers to others.
param registryName string
param location string
param tags object
param deliveryIdentityId string
param storageAccountId string
param appId string
param actionGroupId string

@allowed(['queue', 'function'])
param eventDestination string

@description('The system topic that the registry has already, in its resource group, with the delivery identity; or none.')
param existingTopicName string

// The app names what it makes for registries that it finds alike: shared/subscription/azure_subscription.py.
var topicName = empty(existingTopicName) ? 'plimsoll-${registryName}' : existingTopicName
var eventTypes = [
  'Microsoft.ContainerRegistry.ImagePushed'
  'Microsoft.ContainerRegistry.ImageDeleted'
]
var queueName = 'registry-events'
var deadLetterContainerName = 'undelivered-events'
var functionName = 'on_registry_event'
var delivery = {
  type: 'UserAssigned'
  userAssignedIdentity: deliveryIdentityId
}

var toQueue = {
  identity: delivery
  destination: {
    endpointType: 'StorageQueue'
    properties: {
      resourceId: storageAccountId
      queueName: queueName
      queueMessageTimeToLiveInSeconds: -1
    }
  }
}
// Event Grid validates a function when the subscription is made: deploy the app first, then choose this destination.
var toFunction = {
  endpointType: 'AzureFunction'
  properties: {
    resourceId: '${appId}/functions/${functionName}'
    maxEventsPerBatch: 1
    preferredBatchSizeInKilobytes: 64
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource ownTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (empty(existingTopicName)) {
  name: 'plimsoll-${registryName}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${deliveryIdentityId}': {} }
  }
  properties: {
    source: registry.id
    topicType: 'Microsoft.ContainerRegistry.Registries'
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource eventSubscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'plimsoll'
  dependsOn: [ownTopic]
  properties: {
    deliveryWithResourceIdentity: eventDestination == 'queue' ? toQueue : null
    destination: eventDestination == 'function' ? toFunction : null
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: { includedEventTypes: eventTypes }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: delivery
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storageAccountId, blobContainerName: deadLetterContainerName }
      }
    }
  }
}

module undelivered 'undelivered-alert.bicep' = {
  name: 'plimsoll-undelivered-${uniqueString(topic.id)}'
  dependsOn: [ownTopic]
  params: {
    topicName: topicName
    tags: tags
    actionGroupId: actionGroupId
  }
}
