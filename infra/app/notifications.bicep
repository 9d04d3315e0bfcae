// The topic that notices go to. Subscribe to it whatever shall be told.
param location string
param tags object
param token string

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: 'evgt-plimsoll-${token}'
  location: location
  tags: tags
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

output topicName string = topic.name
output endpoint string = topic.properties.endpoint
