// Alerts on what the app logs. Every five minutes it writes its figures as one line (functions/status.py).
param location string
param tags object
param workspaceId string
param actionGroupId string

@description('How many days a feed of advisories may go unread: the setting MAX_FEED_AGE_DAYS, less a day to act in.')
param maximumFeedDays int = 6

@description('How long a hint may wait before the projections count as behind, in seconds.')
param maximumLagSeconds int = 900

@description('How many calls of functions may fail in an hour.')
param maximumFailures int = 20

var figures = 'AppTraces | extend told = coalesce(tostring(parse_json(Message).message), Message) | where told startswith "status {" | extend figures = parse_json(substring(told, 7))'
var alerts = [
  {
    name: 'poison'
    description: 'Messages failed at every attempt and lie in a poison queue.'
    severity: 1
    query: '${figures} | extend queues = figures.queues | where toint(queues["registry-events-poison"]) + toint(queues["scans-poison"]) + toint(queues["projections-poison"]) + toint(queues["reconciliations-poison"]) + toint(queues["walks-poison"]) > 0'
  }
  {
    name: 'dead-letters'
    description: 'There is something that could not be worked on: GET /api/status shows it, requeue takes it up again.'
    severity: 2
    query: '${figures} | where toint(figures.deadLetters) > 0'
  }
  {
    name: 'feed-age'
    description: 'A feed of advisories was not read for days; soon no image will count as healthy by it.'
    severity: 1
    query: '${figures} | where isempty(tostring(figures.feedsSince)) or todatetime(figures.feedsSince) < ago(${maximumFeedDays}d)'
  }
  {
    name: 'lag'
    description: 'The projections are behind the log: answers are older than they should be.'
    severity: 2
    query: '${figures} | where toint(figures.oldestHintSeconds) > ${maximumLagSeconds}'
  }
  {
    name: 'failures'
    description: 'Many calls of functions fail.'
    severity: 2
    query: 'AppRequests | where Success == false | summarize failed = sum(ItemCount) | where failed > ${maximumFailures}'
  }
  {
    name: 'silence'
    description: 'The app has not told its status for an hour: it does not run, or its timers do not.'
    severity: 1
    query: 'AppRequests | where Name == "log_status" and Success | summarize told = count() | where told == 0'
  }
]

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in alerts: {
  name: 'plimsoll-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Plimsoll: ${alert.name}'
    description: alert.description
    enabled: true
    severity: alert.severity
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    autoMitigate: true
    // A new workspace knows the tables only once something was written, so that the first deployment would fail.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: empty(actionGroupId) ? [] : [actionGroupId] }
  }
}]
