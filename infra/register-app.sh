#!/bin/sh
# Registers the application that users sign in to, with its two app roles, and lets the function app's identity stand
# for it, so that there is no secret. Prints the application's id.
#
# usage: sh infra/register-app.sh <host name of the function app> <principal id of its identity>
#
# Needs the Azure CLI, signed in as somebody who may register applications (Application Developer or above).
set -eu
[ $# -eq 2 ] || { echo "usage: sh infra/register-app.sh <host name> <principal id>" >&2; exit 2; }
host=$1
principal=$2
roles=$(cat "$(dirname "$0")/app-roles.json")
scope=7c0c5a7e-93d1-4c57-9c3b-2f6f6a1f0d43
azure_cli=04b07795-8ddb-461a-bbee-02f9e1bf7b46 # so that `az rest --resource api://<application>` gets a token

graph=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
graph=${graph%/}/v1.0
sign_in=$(az cloud show --query endpoints.activeDirectory --output tsv)
tenant=$(az account show --query tenantId --output tsv)
# https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
case $(az cloud show --query name --output tsv) in
    AzureUSGovernment) audience=api://AzureADTokenExchangeUSGov ;;
    AzureChinaCloud) audience=api://AzureADTokenExchangeChina ;;
    *) audience=api://AzureADTokenExchange ;;
esac

graph_call() { # <method> <path> <body> <query>
    az rest --method "$1" --uri "$graph/$2" --headers Content-Type=application/json --body "$3" \
        --query "$4" --output tsv
}

created=$(graph_call POST applications "{
  \"displayName\": \"Plimsoll ($host)\",
  \"signInAudience\": \"AzureADMyOrg\",
  \"appRoles\": $roles,
  \"web\": {
    \"redirectUris\": [\"https://$host/.auth/login/aad/callback\"],
    \"implicitGrantSettings\": { \"enableIdTokenIssuance\": true }
  },
  \"api\": {
    \"requestedAccessTokenVersion\": 2,
    \"oauth2PermissionScopes\": [{
      \"id\": \"$scope\", \"value\": \"user_impersonation\", \"type\": \"User\", \"isEnabled\": true,
      \"adminConsentDisplayName\": \"Use Plimsoll\", \"adminConsentDescription\": \"Use Plimsoll as the signed-in user.\"
    }]
  }
}" '[id, appId]')
object=$(echo "$created" | sed -n 1p)
application=$(echo "$created" | sed -n 2p)

graph_call PATCH "applications/$object" "{
  \"identifierUris\": [\"api://$application\"],
  \"api\": { \"preAuthorizedApplications\": [{ \"appId\": \"$azure_cli\", \"delegatedPermissionIds\": [\"$scope\"] }] }
}" '[]'
graph_call POST "applications/$object/federatedIdentityCredentials" "{
  \"name\": \"plimsoll\",
  \"issuer\": \"${sign_in%/}/$tenant/v2.0\",
  \"subject\": \"$principal\",
  \"audiences\": [\"$audience\"]
}" '[]'
# Whoever has no role of the application gets no token for it.
graph_call POST servicePrincipals "{ \"appId\": \"$application\", \"appRoleAssignmentRequired\": true }" '[]'
echo "$application"
