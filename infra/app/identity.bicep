// Two identities: the app's, and the one with which Event Grid delivers, which may do nothing else.
param location string
param tags object
param token string

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-plimsoll-${token}'
  location: location
  tags: tags
}

resource delivery 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-plimsoll-events-${token}'
  location: location
  tags: tags
}

output appIdentityId string = app.id
output appClientId string = app.properties.clientId
output appPrincipalId string = app.properties.principalId
output deliveryIdentityId string = delivery.id
output deliveryIdentityName string = delivery.name
output deliveryPrincipalId string = delivery.properties.principalId
