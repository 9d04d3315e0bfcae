"""Queries over findings: lists, filters, columns cut out of ids and bags."""

from tests.support.graph_rows import API, CLASSIC, CONTOSO, FABRIKAM, LEGACY, ONE, OTHER, SHOP, digest
from tests.support.graph_rows import DETAILED as KEY
from tests.unit.shared.kql.queries.case import ALL, DETAILED, Case

FINDINGS = (
    Case(
        "count all findings of an assessment",
        f"""SecurityResources
        | where type =~ 'Microsoft.Security/assessments/subassessments'
        | extend assessmentKey = extract(".*assessments/(.+?)/.*", 1, id)
        | where assessmentKey == "{KEY}"
        | count""",
        "Count",
        [(6,)],
    ),
    Case(
        "open findings with their images",
        DETAILED
        + """| where properties.status.code == "Unhealthy"
        | extend cve = tostring(properties.id),
                 repository = tostring(properties.additionalData.artifactDetails.repositoryName)
        | project cve, repository
        | order by cve asc, repository asc""",
        "cve repository",
        [
            ("CVE-2026-01", "team/api"),
            ("CVE-2026-01", "team/shop"),
            ("CVE-2026-02", "legacy"),
            ("CVE-2026-02", "team/shop"),
            ("CVE-2026-04", "team/api"),
        ],
    ),
    Case(
        "both schemas side by side by coalesce",
        ALL
        + """| extend ad = properties.additionalData
        | extend repo = coalesce(tostring(ad.artifactDetails.repositoryName), tostring(ad.repositoryName)),
                 image = coalesce(tostring(ad.artifactDetails.digest), tostring(ad.imageDigest))
        | where image == '"""
        + digest("shop")
        + """'
        | summarize findings = count() by repo""",
        "repo findings",
        [("team/shop", 4)],
    ),
    Case(
        "split the path of an image",
        DETAILED
        + """| extend parts = split(tostring(properties.resourceDetails.id), "/")
        | project registry = tostring(split(id, "/")[8]), last = tostring(parts[-1]), first = parts[1]
        | distinct registry, first, last
        | order by registry asc, last asc""",
        "registry first last",
        [
            ("contoso", "repositories", digest("shop")),
            ("contoso", "repositories", digest("api")),
            ("fabrikam", "repositories", digest("legacy")),
        ],
    ),
    Case(
        "registry and digest by regular expression",
        ALL
        + """| extend RegistryResourceId = tolower(extract(@'(?i)(.+)/providers/Microsoft.Security', 1, id))
        | where RegistryResourceId matches regex @'(?i)/registries/fabrikam$'
        | project RegistryResourceId,
                  digest = extract('images/(sha256:[0-9a-f]+)', 1, tostring(properties.resourceDetails.id))""",
        "RegistryResourceId digest",
        [(FABRIKAM.lower(), digest("legacy"))],
    ),
    Case(
        "the guid of the parent by position, as an admission controller takes it",
        ALL
        + """| extend at = indexof(id, "/providers/Microsoft.Security", 0, -1, 1)
        | extend resource = substring(id, 0, at), tail = substring(id, strlen(id) - 36)
        | where tail == name and tolower(properties.status.severity) in ("critical")
        | project resource""",
        "resource",
        [(CONTOSO,), (CONTOSO,)],
    ),
    Case(
        "the end of an id from a negative start",
        ALL
        + """| extend k = indexof(id, 'providers/Microsoft.Security/assessments/', -130, 78)
        | summarize n = countif(k > 0), missing = countif(k == -1)""",
        "n missing",
        [(7, 0)],
    ),
    Case(
        "critical and high with a fix",
        DETAILED
        + """| extend severity = tostring(properties.status.severity),
                 software = properties.additionalData.softwareDetails
        | where severity in~ ("critical", "HIGH") and isnotempty(software.fixedVersion)
        | project package = software.packageName, version = software.version, fix = software.fixedVersion, severity""",
        "package version fix severity",
        [("openssl", "3.0.1", "3.0.2", "Critical")] * 2,
    ),
    Case(
        "findings whose score is above a number",
        DETAILED
        + """| extend score = todouble(properties.additionalData.cvssV30Score)
        | where score >= 7.5 and properties.additionalData.softwareDetails.category <> "Language"
        | summarize by tostring(properties.id), score
        | order by score desc""",
        "properties_id score",
        [("CVE-2026-01", 9.8), ("CVE-2026-02", 7.5)],
    ),
    Case(
        "findings without a score",
        DETAILED
        + """| where isnull(properties.additionalData.vulnerabilityDetails.cvss["3.0"])
        | project tostring(properties.id)""",
        "properties_id",
        [("CVE-2026-04",)],
    ),
    Case(
        "a slot whose name has a dot",
        DETAILED
        + """| extend base = properties.additionalData.vulnerabilityDetails.cvss.["3.0"].base
        | where todouble(base) > 9
        | extend software = properties.additionalData.softwareDetails
        | project base, name = strcat(software.packageName, "@", software.version)
        | take 1""",
        "base name",
        [(9.8, "openssl@3.0.1")],
    ),
    Case(
        "patchable findings of the classic schema",
        ALL
        + f"""| where id contains "{CLASSIC}"
        | where tobool(properties.additionalData.patchable) == true
        | extend impact = toint(properties.impact), score = toreal(properties.additionalData.cvss["3.0"].base)
        | project qid = properties.id, impact, score,
                  published = todatetime(properties.additionalData.publishedTime) < now()""",
        "qid impact score published",
        [("1001", 3, 9.8, True)],
    ),
    Case(
        "rows of cve by mv-expand",
        ALL
        + """| mv-expand cve = properties.additionalData.cve
        | where isnotnull(cve)
        | project title = tostring(cve.title), link = tostring(cve["link"])""",
        "title link",
        [("CVE-2026-01", "l1"), ("CVE-2026-09", "l2")],
    ),
    Case(
        "the old name of mv-expand",
        DETAILED
        + """| where name endswith "1"
        | mvexpand reference = properties.additionalData.vulnerabilityDetails.references
        | project reference.title""",
        "reference_title",
        [("CVE-2026-01",), ("more",)],
    ),
    Case(
        "tags of images, one a row",
        DETAILED
        + """| mv-expand tag = properties.additionalData.artifactDetails.tags to typeof(string)
        | summarize images = dcount(tostring(properties.additionalData.artifactDetails.digest)) by tag
        | order by tag asc""",
        "tag images",
        [("latest", 1), ("v1", 1), ("v2", 2)],
    ),
    Case(
        "the first reference by mv-apply",
        DETAILED
        + """| mv-apply reference = properties.additionalData.vulnerabilityDetails.references on (
            where reference.link startswith "https"
            | project link = tostring(reference.link))
        | summarize links = make_set(link)
        | project n = array_length(links)""",
        "n",
        [(4,)],
    ),
    Case(
        "parse the id of an image",
        DETAILED
        + """| extend path = tostring(properties.resourceDetails.id)
        | parse path with "/repositories/" repository "/images/" image
        | where image == '"""
        + digest("legacy")
        + """'
        | project repository""",
        "repository",
        [("legacy",)],
    ),
    Case(
        "parse an id with stars",
        ALL
        + """| parse id with * "/resourceGroups/" group "/providers/" *  "/registries/" registry "/" *
        | distinct group, registry""",
        "group registry",
        [("rg-contoso", "contoso"), ("rg-fabrikam", "fabrikam")],
    ),
    Case(
        "search every column",
        """securityresources
        | where * contains "REQUESTS"
        | project tostring(properties.displayName)""",
        "properties_displayName",
        [("CVE-2026-03",)],
    ),
    Case(
        "exempt findings with their cause",
        DETAILED
        + """| extend code = tostring(properties.status.code), cause = properties.status.cause
        | where code !~ "unhealthy" // disabled ones
        | project cve = properties.id, code, cause""",
        "cve code cause",
        [("CVE-2026-03", "NotApplicable", "Exempt")],
    ),
    Case(
        "findings published in a range of time",
        DETAILED
        + """| extend published = todatetime(properties.additionalData.vulnerabilityDetails.publishedDate)
        | where published between (datetime(2026-02-01) .. datetime(2026-03-31))
        | summarize count() by bin(published, 1d)
        | order by published asc
        | project day = format_datetime(published, "yyyy-MM-dd"), count_""",
        "day count_",
        [("2026-02-15", 2), ("2026-03-15", 1)],
    ),
    Case(
        "the age of findings",
        DETAILED
        + """| extend published = todatetime(properties.additionalData.vulnerabilityDetails.publishedDate)
        | extend days = datetime_diff("day", now(), published), recent = published > ago(250d)
        | summarize max(days), min(days), countif(recent)""",
        "max_days min_days countif_",
        [(311, 221, 1)],
    ),
    Case(
        "findings of images pushed within the last days",
        DETAILED
        + """| where todatetime(properties.additionalData.artifactDetails.lastPushedToRegistryUTC) > ago(3d)
             and not(properties.additionalData.softwareDetails.packageName has_any ("zlib", "bash"))
        | summarize n = count()""",
        "n",
        [(3,)],
    ),
    Case(
        "has is a whole term",
        DETAILED
        + """| where properties.additionalData.softwareDetails.osDetails.osVersion has "debian"
             and properties.description has "openssl" and properties.description !has "open"
        | count""",
        "Count",
        [(2,)],
    ),
    Case(
        "columns taken away and renamed",
        DETAILED
        + """| where name !in ("00000000-0000-8000-8000-000000000001")
        | project-away tenantId, kind, managedBy, sku, plan, tags, identity, zones, extendedLocation, properties
        | project-rename finding = name
        | project-keep f*, subscriptionId
        | top 1 by finding asc""",
        "finding subscriptionId",
        [("00000000-0000-8000-8000-000000000002", ONE)],
    ),
    Case(
        "a severity as a number to sort by",
        DETAILED
        + """| extend severity = tostring(properties.status.severity)
        | extend rank = case(severity == "Critical", 4, severity == "High", 3, severity == "Medium", 2, 1)
        | summarize n = count() by severity, rank
        | order by rank desc
        | project severity, n""",
        "severity n",
        [("Critical", 2), ("High", 2), ("Medium", 1), ("Low", 1)],
    ),
    Case(
        "a scalar by let, and iff",
        f"""let key = "{KEY}";
        let wanted = dynamic(["Critical", "High"]);
        securityresources
        | where type == "microsoft.security/assessments/subassessments" and id has key
        | extend fixable = iff(properties.additionalData.softwareDetails.fixStatus == "FixAvailable", "yes", "no")
        | where properties.status.severity in (wanted)
        | summarize n = count() by fixable
        | order by fixable asc""",
        "fixable n",
        [("no", 2), ("yes", 2)],
    ),
    Case(
        "who pushed what: subscriptions of findings",
        DETAILED + "| summarize n = count() by subscriptionId | order by n desc",
        "subscriptionId n",
        [(ONE, 5), (OTHER, 1)],
    ),
    Case(
        "names of hosts without their domain",
        DETAILED
        + """| extend host = tostring(properties.additionalData.artifactDetails.registryHost)
        | distinct short = trim_end(@"\\.azurecr\\.io", host), upper = toupper(host)
        | order by short asc""",
        "short upper",
        [(SHOP[0][:7], SHOP[0].upper()), (LEGACY[0][:8], LEGACY[0].upper())],
    ),
    Case(
        "an image by its tag and repository",
        DETAILED
        + """| where properties.additionalData.artifactDetails.repositoryName == "team/api"
        | extend tags = properties.additionalData.artifactDetails.tags
        | where set_has_element(tags, "v2") or array_length(tags) > 1
        | project image = strcat(properties.additionalData.artifactDetails.repositoryName, ":", strcat_array(tags, ","))
        | distinct image""",
        "image",
        [(f"{API[1]}:v2",)],
    ),
)
