#!/usr/bin/python3
"""Looks in the objects of a build in Embedded Swift for constants that share a name and differ.

  Tests/embedded.py BUILD-DIRECTORY     needs readelf

Every module has its own copies of the functions that it uses of others, under one name, and the linker keeps one of
them. That is right as long as the constants that these copies refer to by name are the same as well.
"""
import collections
import pathlib
import re
import subprocess
import sys


def readelf(option, file):
    return subprocess.run(["readelf", option, file], check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()


class Object:
    "The parts of an object file that constants lie in."

    def __init__(self, file):
        self.data = file.read_bytes()
        self.sections = {}
        for line in readelf("-SW", file):
            if match := re.match(r"\s*\[\s*(\d+)\]\s+(\S+)\s+(\S+)\s+\w+\s+(\w+)\s+(\w+)", line):
                number, name, kind, offset, size = match.groups()
                self.sections[int(number)] = (name, kind, int(offset, 16), int(size, 16))
        self.symbols = {}
        self.places = {}
        for line in readelf("-sW", file):
            words = line.split()
            if len(words) < 8 or not words[6].isdigit():
                continue
            name, section, value = " ".join(words[7:]), int(words[6]), int(words[1], 16)
            self.places[name] = (section, value)
            if words[3] == "OBJECT" and words[4] != "LOCAL":
                self.symbols[name] = (section, value, int(words[2], 0))
        self.links = collections.defaultdict(list)
        section = None
        for line in readelf("-rW", file):
            if match := re.match(r"Relocation section '\.rela(\S+)'", line):
                section = match.group(1)
            elif match := re.match(r"([0-9a-f]{16})\s+\w+\s+(\S+)(?:\s+\w+\s+(.*))?$", line):
                self.links[section].append((int(match.group(1), 16), match.group(2), match.group(3) or ""))

    def content(self, name):
        "What is compared: the bytes, and what they refer to."
        section, value, size = self.symbols[name]
        title, kind, offset, _ = self.sections[section]
        if kind == "NOBITS":
            return None
        links = [
            (place - value, how, self.target(link))
            for place, how, link in self.links[title]
            if value <= place < value + size
        ]
        return self.data[offset + value:offset + value + size], tuple(links)

    def target(self, link):
        "A text where it is one, for its place differs from object to object; else the name."
        name, addend = re.match(r"(.*?)( [+-] \w+)?$", link).groups()
        if not name.startswith(".") or name not in self.places:
            return link
        number, value = self.places[name]
        section, _, offset, size = self.sections[number]
        if not section.startswith(".rodata.str"):
            return section
        # The addend of a text with a name is part of Swift's representation of it.
        begin = value if name.startswith(".L") else value + int((addend or "0").replace(" ", ""), 16)
        return self.data[offset + begin:offset + size].partition(b"\0")[0]


builds = pathlib.Path(sys.argv[1])
files = sorted(builds.glob("*.build/**/*.o"))
if not files:
    sys.exit(f"{builds}: no objects")
found = collections.defaultdict(dict)
for file in files:
    each = Object(file)
    for name in each.symbols:
        if (content := each.content(name)) is not None:
            found[name].setdefault(content, file)
wrong = {name: list(places.values()) for name, places in found.items() if len(places) > 1}
for name, places in sorted(wrong.items()):
    print(f"{name} is one thing in {places[0]} and another in {places[1]}", file=sys.stderr)
sys.exit(1 if wrong else 0)
