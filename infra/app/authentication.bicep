// App Service authentication: users sign in, and the app roles of their tokens decide (docs/ACCESS.md).
param appName string
param clientId string
param tenantId string
param eventDestination string

// Event Grid brings the webhook's own key and no token of a user. Through the queue it never comes here.
var webhookPaths = [
  '/runtime/webhooks/EventGrid'
  '/runtime/webhooks/eventgrid'
]

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource authentication 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true, runtimeVersion: '~1' }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      excludedPaths: eventDestination == 'function' ? webhookPaths : []
    }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
          openIdIssuer: '${uri(environment().authentication.loginEndpoint, tenantId)}/v2.0'
        }
        validation: {
          allowedAudiences: ['api://${clientId}', clientId]
        }
      }
    }
    login: {
      tokenStore: { enabled: false }
    }
  }
}
