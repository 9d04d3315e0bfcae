"""Queries that put rows together: joins, unions, aggregates, bags."""

from tests.support.graph_rows import CLASSIC, CONTOSO, FABRIKAM, ONE, OTHER
from tests.support.graph_rows import DETAILED as KEY
from tests.unit.shared.kql.queries.case import ALL, DETAILED, Case

_ASSESSMENTS = "securityresources | where type == 'microsoft.security/assessments'\n"

SUMMARIES = (
    Case(
        "findings by severity and package, the worst first",
        DETAILED
        + """| summarize findings = count(), images = dcount(tostring(properties.additionalData.artifactDetails.digest))
            by package = tostring(properties.additionalData.softwareDetails.packageName),
               severity = tostring(properties.status.severity)
        | order by images desc, package asc
        | limit 3""",
        "package severity findings images",
        [("openssl", "Critical", 2, 2), ("zlib", "High", 2, 2), ("bash", "Low", 1, 1)],
    ),
    Case(
        "severities as columns",
        DETAILED
        + """| where properties.status.code == 'Unhealthy'
        | extend severity = tostring(properties.status.severity)
        | summarize Critical = countif(severity == "Critical"), High = countif(severity == "High"),
                    Other = countif(severity !in ("Critical", "High"))
            by repository = tostring(properties.additionalData.artifactDetails.repositoryName)
        | order by Critical desc, High desc, repository asc""",
        "repository Critical High Other",
        [("team/shop", 1, 1, 0), ("team/api", 1, 0, 1), ("legacy", 0, 1, 0)],
    ),
    Case(
        "severities as a bag",
        DETAILED
        + """| summarize n = count() by severity = tostring(properties.status.severity), subscriptionId
        | summarize bag = make_bag(pack(severity, n)) by subscriptionId
        | extend keys = bag_keys(bag)
        | order by subscriptionId asc
        | project subscriptionId, array_length(keys), high = toint(bag.High), low = tolong(bag["Low"])""",
        "subscriptionId Column1 high low",
        [(ONE, 4, 1, 1), (OTHER, 1, 1, None)],
    ),
    Case(
        "a bag of some rows",
        DETAILED
        + """| extend package = tostring(properties.additionalData.softwareDetails.packageName)
        | summarize fixes = make_bag_if(
            bag_pack(package, properties.additionalData.softwareDetails.fixedVersion),
                                         isnotempty(properties.additionalData.softwareDetails.fixedVersion))""",
        "fixes",
        [({"openssl": "3.0.2", "requests": "2.32.0"},)],
    ),
    Case(
        "assessments joined with their findings",
        _ASSESSMENTS
        + f"""| where properties.displayName contains 'images should have vulnerability findings resolved'
        | summarize by assessmentKey = name
        | join kind=inner (
            securityresources
            | where type == 'microsoft.security/assessments/subassessments'
            | extend assessmentKey = extract('.*assessments/(.+?)/.*', 1, id)
            | project assessmentKey, subId = tostring(properties.id), code = tostring(properties.status.code)
        ) on assessmentKey
        | where assessmentKey == '{KEY}'
        | summarize findings = count(), open = countif(code == 'Unhealthy') by assessmentKey""",
        "assessmentKey findings open",
        [(KEY, 6, 5)],
    ),
    Case(
        "registries without a finding that is critical",
        """resources
        | where type =~ 'microsoft.containerregistry/registries'
        | project registry = tolower(id), name, location
        | join kind=leftouter (
            securityresources
            | where type == 'microsoft.security/assessments/subassessments'
            | where properties.status.severity == 'Critical'
            | extend registry = tolower(tostring(split(id, '/providers/Microsoft.Security')[0]))
            | summarize critical = count() by registry
        ) on registry
        | extend critical = coalesce(critical, 0)
        | project name, location, critical
        | order by critical desc""",
        "name location critical",
        [("contoso", "westeurope", 2), ("fabrikam", "westeurope", 0)],
    ),
    Case(
        "names of subscriptions",
        DETAILED
        + """| join kind=inner (
            resourcecontainers
            | where type == 'microsoft.resources/subscriptions'
            | project subscriptionId, subscriptionName = name
        ) on $left.subscriptionId == $right.subscriptionId
        | project-away subscriptionId1
        | summarize n = count() by subscriptionName
        | order by subscriptionName asc""",
        "subscriptionName n",
        [("Legacy", 1), ("Production", 5)],
    ),
    Case(
        "tables without a common row by fullouter",
        """resources | project id, name
        | join kind=fullouter (resourcecontainers | project id, other = name) on id
        | summarize left = countif(isnotempty(id)), right = countif(isnotempty(id1))""",
        "left right",
        [(2, 2)],
    ),
    Case(
        "a join that takes one row of each key",
        DETAILED
        + """| project package = tostring(properties.additionalData.softwareDetails.packageName)
        | join (resources | take 1 | project package = "openssl", sku = tostring(sku.name)) on package""",
        "package package1 sku",
        [("openssl", "openssl", "Premium")],
    ),
    Case(
        "both schemas below each other",
        f"""union
            (securityresources | where id contains '{CLASSIC}/subassessments' | extend schema = 'classic'),
            (securityresources | where id contains '{KEY}/subassessments' | extend schema = 'detailed')
        | summarize n = count() by schema
        | order by schema asc""",
        "schema n",
        [("classic", 1), ("detailed", 6)],
    ),
    Case(
        "the rows of two tables",
        """resources | project name, type | union (resourcecontainers | project name, type)
        | order by name asc | project name""",
        "name",
        [("Legacy",), ("Production",), ("contoso",), ("fabrikam",)],
    ),
    Case(
        "the worst finding of each image",
        DETAILED
        + """| extend image = tostring(properties.additionalData.artifactDetails.repositoryName),
                 score = toreal(properties.additionalData.cvssV30Score), cve = tostring(properties.id)
        | summarize arg_max(score, cve) by image
        | order by image asc""",
        "image score cve",
        [("legacy", 7.5, "CVE-2026-02"), ("team/api", 9.8, "CVE-2026-01"), ("team/shop", 9.8, "CVE-2026-01")],
    ),
    Case(
        "the latest row with all its columns",
        _ASSESSMENTS
        + """| extend at = todatetime(properties.status.firstEvaluationDate)
        | summarize arg_max(at, *) by subscriptionId
        | project subscriptionId, code = tostring(properties.status.code)
        | order by subscriptionId asc""",
        "subscriptionId code",
        [(ONE, "Unhealthy"), (OTHER, "Healthy")],
    ),
    Case(
        "any row of a group",
        DETAILED
        + """| summarize take_any(subscriptionId), n = count() by cve = tostring(properties.id)
        | where n == 1
        | order by cve asc
        | project cve, subscriptionId""",
        "cve subscriptionId",
        [("CVE-2026-03", ONE), ("CVE-2026-04", ONE)],
    ),
    Case(
        "packages of an image as a text",
        DETAILED
        + """| extend repository = tostring(properties.additionalData.artifactDetails.repositoryName)
        | summarize packages = make_set(tostring(properties.additionalData.softwareDetails.packageName)),
                    all = make_list(properties.status.severity) by repository
        | project repository, text = strcat_array(packages, ";"), n = array_length(all)
        | order by repository asc""",
        "repository text n",
        [("legacy", "zlib", 1), ("team/api", "openssl;bash", 2), ("team/shop", "openssl;zlib;requests", 3)],
    ),
    Case(
        "distinct counts of some rows",
        ALL
        + """| extend severity = tostring(properties.status.severity),
                 image = tostring(properties.resourceDetails.id)
        | summarize critical = dcountif(image, severity == "Critical"), images = dcount(image), dcount(severity)""",
        "critical images dcount_severity",
        [(2, 4, 4)],
    ),
    Case(
        "sums, averages and shares",
        DETAILED
        + """| extend score = todouble(properties.additionalData.cvssV30Score)
        | summarize total = sum(score), mean = round(avg(score), 2),
                    open = 100.0 * countif(properties.status.code == "Unhealthy") / count()
        | extend total = round(total, 1), open = toint(open)""",
        "total mean open",
        [(39.9, 7.98, 83)],
    ),
    Case(
        "a text of json in a slot",
        _ASSESSMENTS
        + """| extend data = parse_json(tostring(properties.additionalData))
        | summarize worst = max(todouble(data.maxCvss30Score)), n = count()""",
        "worst n",
        [(9.8, 3)],
    ),
    Case(
        "initiatives by todynamic",
        _ASSESSMENTS
        + """| mv-expand initiative = todynamic(properties.statusPerInitiative)
        | where initiative.policyInitiativeName == "ASC"
        | summarize n = count() by code = tostring(initiative.assessmentStatus.code),
                                   preview = tobool(properties.metadata.preview)
        | order by code asc""",
        "code preview n",
        [("Healthy", False, 1), ("Unhealthy", False, 2)],
    ),
    Case(
        "the secure score",
        """securityresources
        | where type == 'microsoft.security/securescores'
        | extend percentage = properties.score.percentage, current = properties.score.current,
                 max = properties.score.max
        | project percent = round(todouble(percentage) * 100, 1), left = toint(max) - todouble(current)""",
        "percent left",
        [(33.3, 4.0)],
    ),
    Case(
        "rules that disable findings",
        """policyresources
        | where type =~ "microsoft.authorization/policyassignments"
        | where isnotnull(properties.metadata.subAssessmentSettings.filters)
        | mv-expand filter = properties.metadata.subAssessmentSettings.filters
        | mv-expand rule = filter.allOf
        | project name, field = tostring(rule.field)""",
        "name field",
        [("rule-1", "va.cve.cveId")],
    ),
    Case(
        "tags of registries",
        """Resources
        | where type =~ 'Microsoft.ContainerRegistry/registries' and isnotempty(tags)
        | project name, env = iif(tags['env'] == "prod", "production", "other"),
                  keys = strcat_array(bag_keys(tags), "+")""",
        "name env keys",
        [("contoso", "production", "env+team")],
    ),
    Case(
        "no table before the first operator",
        "where type contains 'registries' | summarize ids = make_list(id)",
        "ids",
        [([CONTOSO, FABRIKAM],)],
    ),
    Case(
        "the findings of the worst images, by let",
        """let findings = securityresources
            | where type == 'microsoft.security/assessments/subassessments' and id contains 'c0b7cfc6'
            | extend image = tostring(properties.additionalData.artifactDetails.repositoryName);
        findings
        | summarize n = count() by image
        | where n >= 2
        | join kind=inner (findings | project image, cve = tostring(properties.id)) on image
        | summarize cves = make_set(cve) by image
        | extend n = array_length(cves)
        | project-reorder n
        | order by image asc""",
        "n image cves",
        [
            (2, "team/api", ["CVE-2026-01", "CVE-2026-04"]),
            (3, "team/shop", ["CVE-2026-01", "CVE-2026-02", "CVE-2026-03"]),
        ],
    ),
)
