// The bot on Azure: Container Apps, PostgreSQL, Key Vault, a file share for data, one managed identity, the Azure Bot.
//
// NOT VERIFIED: neither the Bicep compiler nor a subscription was at hand where this was written. tests/deploy holds what
// can be held without them. Read docs/operation.md first; then:
//
//   az deployment group create --resource-group RG --template-file deploy/azure/main.bicep \
//     --parameters image=REGISTRY/freelance-insights:1 hostName=bot.example.com administrator=OBJECT-ID

targetScope = 'resourceGroup'

@description('Where everything lies.')
param location string = resourceGroup().location

@description('First part of every name.')
@minLength(3)
@maxLength(16)
param name string = 'freelance'

@description('The image of the bot, with its tag or digest.')
param image string

@description('Login server of the registry the image lies in; the identity below needs the role AcrPull there.')
param registry string = ''

@description('Public host name of the bot. Empty takes the one that Container Apps gives; a name of your own is bound afterwards.')
param hostName string = ''

@description('Object id of the Entra user or group that administers PostgreSQL and writes secrets.')
param administrator string

@description('Sign-in name of that administrator, as PostgreSQL knows it.')
param administratorName string = 'freelance-admins'

@description('Program role: user principal names, with commas.')
param programUsers string = ''

@description('Fernet key of links in cards, and of credentials at rest. Make them; they are kept in Key Vault.')
@secure()
param linkKeys string

@secure()
param stateKeys string

@description('Password of the bot in PostgreSQL, 24 characters or more of letters and digits.')
@secure()
@minLength(24)
param databasePassword string

var unique = uniqueString(resourceGroup().id, name)
var tenant = subscription().tenantId
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var stateUrl = 'postgresql+asyncpg://bot:${databasePassword}@${database.properties.fullyQualifiedDomainName}/state?ssl=require'
var address = empty(hostName) ? '${name}-bot.${environment.properties.defaultDomain}' : hostName

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-bot'
  location: location
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: take('${name}${unique}', 24)
  location: location
  properties: {
    tenantId: tenant
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
  }
}

resource linkKeysSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'link-keys'
  properties: { value: linkKeys }
}

resource stateKeysSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'state-keys'
  properties: { value: stateKeys }
}

resource stateUrlSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'state-url'
  properties: { value: stateUrl }
}

resource readsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, secretsUser)
  scope: vault
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers@2023-06-01-preview' = {
  name: '${name}-${unique}'
  location: location
  sku: { name: 'Standard_B1ms', tier: 'Burstable' }
  properties: {
    version: '16'
    administratorLogin: 'bot'
    administratorLoginPassword: databasePassword
    authConfig: { activeDirectoryAuth: 'Enabled', passwordAuth: 'Enabled', tenantId: tenant }
    storage: { storageSizeGB: 32 }
    backup: { backupRetentionDays: 14, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: 'Disabled' }
  }
}

resource databaseAdministrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2023-06-01-preview' = {
  parent: database
  name: administrator
  properties: { principalName: administratorName, principalType: 'Group', tenantId: tenant }
}

resource state 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2023-06-01-preview' = {
  parent: database
  name: 'state'
}

// Addresses inside Azure only. With a network of your own, prefer private access and leave this out.
resource fromAzure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2023-06-01-preview' = {
  parent: database
  name: 'azure'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: take('${name}${unique}', 24)
  location: location
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
  }
}

resource files 'Microsoft.Storage/storageAccounts/fileServices@2023-05-01' = {
  parent: storage
  name: 'default'
}

resource share 'Microsoft.Storage/storageAccounts/fileServices/shares@2023-05-01' = {
  parent: files
  name: 'data'
  properties: { shareQuota: 100 }
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: '${name}-apps'
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: { customerId: logs.properties.customerId, sharedKey: logs.listKeys().primarySharedKey }
    }
  }
}

resource data 'Microsoft.App/managedEnvironments/storages@2024-03-01' = {
  parent: environment
  name: 'data'
  properties: {
    azureFile: {
      accountName: storage.name
      accountKey: storage.listKeys().keys[0].value
      shareName: share.name
      accessMode: 'ReadWrite'
    }
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: '${name}-bot'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  dependsOn: [ data, readsSecrets, state, fromAzure ]
  properties: {
    managedEnvironmentId: environment.id
    configuration: {
      // One replica is active at a time: the new one is ready before the old one is told to stop.
      activeRevisionsMode: 'Single'
      ingress: { external: true, targetPort: 3978, transport: 'http', allowInsecure: false }
      registries: empty(registry) ? [] : [ { server: registry, identity: identity.id } ]
      secrets: [
        { name: 'link-keys', keyVaultUrl: linkKeysSecret.properties.secretUri, identity: identity.id }
        { name: 'state-keys', keyVaultUrl: stateKeysSecret.properties.secretUri, identity: identity.id }
        { name: 'state-url', keyVaultUrl: stateUrlSecret.properties.secretUri, identity: identity.id }
      ]
    }
    template: {
      // Longer than FREELANCE_NOTICE_SECONDS (5), FREELANCE_DRAIN_SECONDS (20) and what the outbox takes after it.
      terminationGracePeriodSeconds: 75
      scale: { minReplicas: 1, maxReplicas: 1 }
      volumes: [
        { name: 'data', storageType: 'AzureFile', storageName: data.name, mountOptions: 'uid=10001,gid=10001,nobrl,mfsymlinks,dir_mode=0700,file_mode=0600' }
        { name: 'tmp', storageType: 'EmptyDir' }
      ]
      containers: [
        {
          name: 'bot'
          image: image
          resources: { cpu: json('1.0'), memory: '2Gi' }
          volumeMounts: [
            { volumeName: 'data', mountPath: '/data' }
            { volumeName: 'tmp', mountPath: '/tmp' }
          ]
          env: [
            { name: 'FREELANCE_APP_ID', value: identity.properties.clientId }
            { name: 'FREELANCE_APP_TENANT', value: tenant }
            { name: 'FREELANCE_APP_MANAGED_IDENTITY', value: 'true' }
            { name: 'FREELANCE_ALLOWED_TENANTS', value: tenant }
            { name: 'FREELANCE_PUBLIC_URL', value: 'https://${address}' }
            // The ingress takes a moment to see that /readyz says no.
            { name: 'FREELANCE_NOTICE_SECONDS', value: '5' }
            { name: 'FREELANCE_PROGRAM_USERS', value: programUsers }
            { name: 'FREELANCE_STATE_URL', secretRef: 'state-url' }
            { name: 'FREELANCE_STATE_KEYS', secretRef: 'state-keys' }
            { name: 'FREELANCE_LINK_KEYS', secretRef: 'link-keys' }
          ]
          probes: [
            { type: 'Startup', httpGet: { path: '/healthz', port: 3978 }, periodSeconds: 5, failureThreshold: 60 }
            { type: 'Liveness', httpGet: { path: '/healthz', port: 3978 }, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 }
            { type: 'Readiness', httpGet: { path: '/readyz', port: 3978 }, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 3 }
          ]
        }
      ]
    }
  }
}

resource bot 'Microsoft.BotService/botServices@2022-09-15' = {
  name: '${name}-bot-${unique}'
  location: 'global'
  kind: 'azurebot'
  sku: { name: 'S1' }
  properties: {
    displayName: 'Freelance Insights'
    endpoint: 'https://${address}/api/messages'
    msaAppType: 'UserAssignedMSI'
    msaAppId: identity.properties.clientId
    msaAppTenantId: tenant
    msaAppMSIResourceId: identity.id
    disableLocalAuth: true
  }
}

resource teams 'Microsoft.BotService/botServices/channels@2022-09-15' = {
  parent: bot
  name: 'MsTeamsChannel'
  location: 'global'
  properties: {
    channelName: 'MsTeamsChannel'
    properties: { isEnabled: true }
  }
}

output appId string = identity.properties.clientId
output publicAddress string = 'https://${address}'
output vaultName string = vault.name
