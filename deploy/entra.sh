#!/usr/bin/env bash
# Registers the bot in Microsoft Entra and Azure: app registration, certificate, permissions, Azure Bot, Teams channel.
#
# NOT VERIFIED against the real service: written from the published commands of the Azure CLI, never run on a tenant.
# docs/identity.md has the same steps in the portal. Every step looks first whether it was done, so it may be run again.
#
#   BOT_HOST=bot.example.com RESOURCE_GROUP=rg-freelance bash deploy/entra.sh
#
# Optional: APP_NAME, CERTIFICATE (PEM to write), IDENTITY=certificate|managed, IDENTITY_ID (of the managed identity),
#           DIRECTORY=1 (User.Read.All), GROUPS_READ=1 (GroupMember.Read.All),
#           MAIL_SEND=1 (Mail.Send: confine it to one mailbox before you switch it on). Nothing optional is asked for by itself.
set -euo pipefail

: "${BOT_HOST:?the public host name of the bot, such as bot.example.com}"
: "${RESOURCE_GROUP:?the resource group of the Azure Bot}"
APP_NAME=${APP_NAME:-Freelance Insights}
BOT_NAME=${BOT_NAME:-freelance-insights}
IDENTITY=${IDENTITY:-certificate}
CERTIFICATE=${CERTIFICATE:-bot.pem}
GRAPH=00000003-0000-0000-c000-000000000000

command -v az >/dev/null || { echo "The Azure CLI (az) is missing." >&2; exit 1; }
tenant=$(az account show --query tenantId --output tsv)

case "$IDENTITY" in
certificate)
  app=$(az ad app list --display-name "$APP_NAME" --query '[0].appId' --output tsv)
  if [ -z "$app" ]; then
    # One organization only: nobody outside of it can even ask for a token for this app.
    app=$(az ad app create --display-name "$APP_NAME" --sign-in-audience AzureADMyOrg --query appId --output tsv)
  fi
  az ad sp show --id "$app" >/dev/null 2>&1 || az ad sp create --id "$app" >/dev/null
  if [ ! -e "$CERTIFICATE" ]; then
    # The private key is made here and stays here; only the certificate is uploaded.
    umask 077
    openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj "/CN=$BOT_NAME" -keyout "$CERTIFICATE.key" -out "$CERTIFICATE.crt"
    cat "$CERTIFICATE.key" "$CERTIFICATE.crt" >"$CERTIFICATE"
    az ad app credential reset --id "$app" --append --cert "@$CERTIFICATE.crt" >/dev/null
    rm -f "$CERTIFICATE.key" "$CERTIFICATE.crt"
  fi
  type=SingleTenant
  extra=()
  ;;
managed)
  : "${IDENTITY_ID:?the resource id of the user-assigned managed identity}"
  app=$(az identity show --ids "$IDENTITY_ID" --query clientId --output tsv)
  type=UserAssignedMSI
  extra=(--msi-resource-id "$IDENTITY_ID")
  ;;
*)
  echo "IDENTITY is certificate or managed." >&2
  exit 2
  ;;
esac

# Application permissions of Microsoft Graph, least first. Without DIRECTORY, GROUPS_READ and MAIL_SEND the app asks for none at all.
granted() {
  local role service principal
  service=$(az ad sp show --id "$GRAPH" --query id --output tsv)
  role=$(az ad sp show --id "$GRAPH" --query "appRoles[?value=='$1'].id | [0]" --output tsv)
  principal=$(az ad sp show --id "$app" --query id --output tsv)
  # An assignment is the consent itself: it needs an administrator, and works for a managed identity as well.
  az rest --method POST --url "https://graph.microsoft.com/v1.0/servicePrincipals/$principal/appRoleAssignments" \
    --headers Content-Type=application/json \
    --body "{\"principalId\": \"$principal\", \"resourceId\": \"$service\", \"appRoleId\": \"$role\"}" >/dev/null \
    || echo "$1 was not granted: an administrator has to, or it was before." >&2
}
[ -z "${DIRECTORY:-}" ] || granted User.Read.All
[ -z "${GROUPS_READ:-}" ] || granted GroupMember.Read.All
[ -z "${MAIL_SEND:-}" ] || granted Mail.Send

if ! az bot show --name "$BOT_NAME" --resource-group "$RESOURCE_GROUP" >/dev/null 2>&1; then
  az bot create --name "$BOT_NAME" --resource-group "$RESOURCE_GROUP" --sku S1 --app-type "$type" --appid "$app" \
    --tenant-id "$tenant" --endpoint "https://$BOT_HOST/api/messages" "${extra[@]}" >/dev/null
fi
az bot msteams show --name "$BOT_NAME" --resource-group "$RESOURCE_GROUP" >/dev/null 2>&1 \
  || az bot msteams create --name "$BOT_NAME" --resource-group "$RESOURCE_GROUP" >/dev/null

echo "Settings of the bot:"
echo "  FREELANCE_APP_ID=$app"
echo "  FREELANCE_APP_TENANT=$tenant"
echo "  FREELANCE_ALLOWED_TENANTS=$tenant"
if [ "$IDENTITY" = managed ]; then
  echo "  FREELANCE_APP_MANAGED_IDENTITY=true"
else
  echo "  FREELANCE_APP_CERTIFICATE=$CERTIFICATE"
fi
echo "  FREELANCE_PUBLIC_URL=https://$BOT_HOST"
echo "Then: python app.py check, and python app.py package"
