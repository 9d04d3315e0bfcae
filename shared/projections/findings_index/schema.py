"""The tables of the index. Whoever changes them, or what is written into them, takes the next number for ``FORMAT``.

Everything that images have in common is kept once: builds on a base share most of theirs. An image names a report; a
report has a part for each layer with findings, in the order in which they first come; equal parts are one, whatever
the layer is called, and so are equal findings of parts. A finding is therefore kept without its layer, and with a hash
of what is then left. Of an image, ``upgrades`` and ``layers`` are the numbers of pieces (``pieces.py``), of which
``piece`` has each once.
Which finding is disabled follows from the rules at the time of the question; here is only which findings meet the
criteria of which rule, and which images meet those on images where a rule has any.
``adopted`` names the ``signals`` that a rule goes by; it is empty where it goes by none.

``unexploited`` and ``epss`` (negative, so that the highest comes first) are the key ``pressure`` of the exploit signals
that the state names; they are written anew whenever others are in force. ``upgraded``, ``ecosystem`` and ``closable``:
what ``upgrade_of`` gives.
Of the past of images, ``trend`` has by how much the totals of a repository change at a time, and those of all images
where a row is ``whole``: of an image that was in several repositories, other rows (without a repository) are. ``past``
has the clocks of its findings (``packed_clocks.py``). Times are microseconds.
"""

FORMAT = 9

TABLES = """
CREATE TABLE state (
    build TEXT NOT NULL, generation INTEGER NOT NULL, complete INTEGER NOT NULL, number INTEGER NOT NULL, written TEXT,
    signals TEXT NOT NULL DEFAULT ''
);
CREATE TABLE image (
    id INTEGER PRIMARY KEY, registry TEXT NOT NULL, digest TEXT NOT NULL, etag TEXT NOT NULL, changed INTEGER NOT NULL,
    listed INTEGER NOT NULL, report INTEGER, problem TEXT NOT NULL, health TEXT NOT NULL, repository TEXT NOT NULL,
    w0 INTEGER NOT NULL, w1 INTEGER NOT NULL, w2 INTEGER NOT NULL, w3 INTEGER NOT NULL, w4 INTEGER NOT NULL,
    w5 INTEGER NOT NULL, shown BLOB NOT NULL, upgrades BLOB NOT NULL, lineage BLOB NOT NULL, layers BLOB NOT NULL,
    UNIQUE (digest, registry)
);
CREATE INDEX image_worst ON image (w0, w1, w2, w3, w4, w5, registry, repository, digest) WHERE listed;
CREATE INDEX image_report ON image (report) WHERE listed;
CREATE INDEX image_changed ON image (changed);
CREATE INDEX image_problem ON image (listed) WHERE problem <> '';
CREATE TABLE image_repository (name TEXT, image INTEGER, PRIMARY KEY (name, image)) WITHOUT ROWID;
CREATE INDEX repository_image ON image_repository (image);

CREATE TABLE piece (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, content BLOB NOT NULL);

CREATE TABLE report (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE report_part (
    report INTEGER, turn INTEGER, part INTEGER NOT NULL, layer TEXT NOT NULL, PRIMARY KEY (report, turn)
) WITHOUT ROWID;
CREATE INDEX part_report ON report_part (part, report, turn);
CREATE TABLE part (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE);
CREATE TABLE part_finding (
    part INTEGER, place INTEGER, finding INTEGER NOT NULL, PRIMARY KEY (part, place)
) WITHOUT ROWID;
CREATE INDEX finding_part ON part_finding (finding, part, place);
CREATE TABLE finding (
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, severity INTEGER NOT NULL,
    unexploited INTEGER NOT NULL, epss REAL NOT NULL, score REAL NOT NULL,
    package TEXT NOT NULL, flaw TEXT NOT NULL, finding_id TEXT NOT NULL, fixable INTEGER NOT NULL,
    upgraded TEXT NOT NULL, ecosystem TEXT NOT NULL, closable INTEGER NOT NULL, content BLOB NOT NULL
);
CREATE INDEX finding_worst ON finding (severity, unexploited, epss, score, package, flaw, finding_id);
CREATE INDEX finding_by_id ON finding (finding_id);
CREATE INDEX finding_upgrade ON finding (upgraded, ecosystem, closable, epss);
CREATE TABLE finding_flaw (name TEXT, finding INTEGER, PRIMARY KEY (name, finding)) WITHOUT ROWID;
CREATE TABLE package (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, UNIQUE (name, version));
CREATE INDEX package_version ON package (version);
CREATE TABLE finding_package (package INTEGER, finding INTEGER, PRIMARY KEY (package, finding)) WITHOUT ROWID;

CREATE TABLE rule (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL, revision INTEGER NOT NULL, registry TEXT, repository TEXT, digest TEXT,
    expires INTEGER, about_images INTEGER NOT NULL, criteria BLOB NOT NULL, adopted TEXT NOT NULL, signals BLOB
);
CREATE TABLE image_rule (image INTEGER, rule INTEGER, PRIMARY KEY (image, rule)) WITHOUT ROWID;
CREATE INDEX rule_image ON image_rule (rule);
CREATE TABLE finding_rule (finding INTEGER, rule INTEGER, PRIMARY KEY (finding, rule)) WITHOUT ROWID;
CREATE INDEX rule_finding ON finding_rule (rule);

CREATE TABLE trend (
    at INTEGER, image INTEGER, repository TEXT, registry TEXT NOT NULL, whole INTEGER NOT NULL,
    healthy INTEGER NOT NULL, unhealthy INTEGER NOT NULL, unsupported INTEGER NOT NULL, not_assessed INTEGER NOT NULL,
    critical INTEGER NOT NULL, high INTEGER NOT NULL, medium INTEGER NOT NULL, low INTEGER NOT NULL,
    negligible INTEGER NOT NULL, unknown INTEGER NOT NULL, disabled INTEGER NOT NULL,
    PRIMARY KEY (at, image, repository)
) WITHOUT ROWID;
CREATE INDEX trend_repository ON trend (repository, at);
CREATE INDEX trend_image ON trend (image);
CREATE TABLE past (
    image INTEGER PRIMARY KEY, since INTEGER, answered INTEGER, untold INTEGER NOT NULL, clocks BLOB NOT NULL
);
CREATE INDEX past_shortened ON past (since) WHERE since NOT NULL;
CREATE TABLE departure (image INTEGER, at INTEGER, until INTEGER, successor TEXT NOT NULL, PRIMARY KEY (image, at))
WITHOUT ROWID;
"""
