// Tells when Event Grid gave an event up: it lies in the container of undelivered events.
param topicName string
param tags object
param actionGroupId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource alert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${topicName}-undelivered'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid gave up events of this registry. docs/DEPLOY.md says how images are found without them.'
    enabled: true
    severity: 1
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'undelivered'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: empty(actionGroupId) ? [] : [{ actionGroupId: actionGroupId }]
  }
}
