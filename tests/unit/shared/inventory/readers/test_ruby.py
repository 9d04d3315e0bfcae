import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.ruby import read_gemspec

INSTALLED = b"""# -*- encoding: utf-8 -*-
# stub: nokogiri 1.13.3 x86_64-linux lib

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.13.3"
  s.platform = "x86_64-linux".freeze

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=
  s.metadata = { "bug_tracker_uri" => "https://x" } if s.respond_to? :metadata=
  s.add_runtime_dependency(%q<racc>.freeze, ["~> 1.4"])
end
"""


def gem(name: str, version: str) -> tuple[FoundPackage, ...]:
    return (FoundPackage(PackageKind.GEM, name, version),)


def test_the_line_for_the_loader_is_read() -> None:
    assert read_gemspec("", INSTALLED) == FileFacts(packages=gem("nokogiri", "1.13.3"))


@pytest.mark.parametrize(
    "assignments",
    [
        's.name = "a-b".freeze\n  s.version = "1.0.rc1"\n',
        "s.name = 'a-b'\n  s.version = '1.0.rc1'\n",
        's.name = %q<a-b>\n  s.version = Gem::Version.new "1.0.rc1"\n',
        'spec.version=Gem::Version.new("1.0.rc1")\n\tspec.name="a-b"\n',
    ],
)
def test_without_that_line_the_assignments_are_read(assignments: str) -> None:
    content = f"Gem::Specification.new do |s|\n  {assignments}end\n"
    assert read_gemspec("", content.encode()) == FileFacts(packages=gem("a-b", "1.0.rc1"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b's.name = "a"\n',
        b's.version = "1"\n',
        b's.name = "a"\ns.version = A::VERSION\n',
        b's.name = "a"\ns.version = "#{A}"\n',
        b's.name = "a"\ns.version = "1\n"',
        b"# stub: a b ruby lib",
        b"# stub: \xff\x00 1 ruby lib",
    ],
)
def test_what_only_ruby_could_tell_is_unreadable(content: bytes) -> None:
    assert read_gemspec("", content) == FileFacts(unreadable="a gem specification without a plain name and version")


@settings(deadline=None)
@given(st.binary() | st.text(st.sampled_from("# stub:\n s.nameversion=\"'%q<1>")).map(str.encode))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_gemspec("", content), FileFacts)


@pytest.mark.parametrize(
    "content", [b" " * 4_000_000, b"s.name = " * 400_000, b's.name="' * 400_000, b"# stub: " * 400_000]
)
def test_hostile_sizes_take_linear_time(content: bytes) -> None:
    start = time.process_time()
    read_gemspec("", content)
    assert time.process_time() - start < 5
