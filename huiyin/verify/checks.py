"""The checks: files, chains, what points at what, the receipt, the signature."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .container import Parts, open_folder, open_zip
from .report import Report, Said

MANIFEST, SIGNATURE, SUMS, KEY = "manifest.json", "manifest.json.sig", "SHA256SUMS", "key.pem"
FORMAT = "huiyin-dossier/1"


def verify(place: Path, *, key: bytes = b"", head: str = "") -> Report:
    """Check a dossier. `key`: the public key as PEM that it must be signed with; `head`: the hash on the receipt."""
    report = Report()
    parts = open_folder(place) if place.is_dir() else open_zip(place, report)
    manifest = _manifest(parts, report)
    vouched = _check_signature(parts, manifest, key, report)
    if manifest is not None:
        vouched |= _check_files(parts, manifest, report)
    _check_sums(parts, vouched, report)
    if manifest is None:
        return report
    _check_chains(manifest, report)
    _check_links(parts, manifest, report)
    _check_receipt(manifest, head, report)
    return report


# --- what the manifest says


def _manifest(parts: Parts, report: Report) -> dict[str, Any] | None:
    if MANIFEST not in parts.sha256:
        report.bad("missing", MANIFEST)
        return None
    try:
        manifest = json.loads(parts.read(MANIFEST))
        _ = {(one["path"], one["sha256"], one["size"]) for one in manifest["files"]}
        _ = [(one["matter"], one["head"], [_link(fact) for fact in one["facts"]]) for one in manifest["chains"]]
        _ = {(one["no"], one["path"], one["sha256"]) for one in manifest["evidence"] + manifest["gaps"]}
        is_known = manifest["format"] == FORMAT and isinstance(manifest["issuer"]["key"], str)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        is_known = False
    if not is_known:
        report.bad("unreadable", MANIFEST)
        return None
    whole: dict[str, Any] = manifest
    return whole


def _check_files(parts: Parts, manifest: dict[str, Any], report: Report) -> set[str]:
    """The files that are as the manifest says."""
    vouched: set[str] = set()
    listed = {one["path"]: one for one in manifest["files"]}
    for path, one in listed.items():
        if path not in parts.sha256:
            report.bad("missing", path)
        elif (parts.sha256[path], parts.sizes[path]) != (one["sha256"], one["size"]):
            report.bad("changed", path)
        else:
            vouched.add(path)
    extra = parts.sha256.keys() - listed.keys() - {MANIFEST, SIGNATURE, SUMS}
    for path in sorted(extra):
        report.bad("extra", path)
    for one in manifest["gaps"]:
        report.unchecked.append(Said("gap", str(one["path"])))
    if not extra and vouched == set(listed):
        report.sound.append(Said("files", str(len(listed))))
    return vouched


def _check_sums(parts: Parts, vouched: set[str], report: Report) -> None:
    """SHA256SUMS serves people without this program; it must say the same. Where something else vouches for a file, it
    is the list that was changed."""
    if SUMS not in parts.sha256:
        report.bad("missing", SUMS)
        return
    found = parts.read(SUMS).decode("utf-8", "replace").split("\n")
    expected = sums({name: digest for name, digest in parts.sha256.items() if name != SUMS}).split("\n")
    for line in sorted(set(expected).symmetric_difference(found)):
        name = line.partition("  ")[2]
        if Said("changed", name) in report.changed:
            continue
        report.bad("sum", name if name in parts.sha256.keys() - vouched else SUMS)


def sums(sha256: dict[str, str]) -> str:
    """The text that `sha256sum --check` reads."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sha256.items()))


# --- the chains


def _link(fact: dict[str, Any]) -> tuple[int, str, str, str, str]:
    _ = fact["data"].keys()
    return int(fact["seq"]), str(fact["name"]), str(fact["by"]), str(fact["at"]), str(fact["hash"])


def fact_hash(previous: str, no: str, fact: dict[str, Any]) -> str:
    """SHA-256 over the previous hash (32 bytes, none for the first) and the fact as JSON: keys sorted, no blanks."""
    body = {key: fact[key] for key in ("at", "by", "data", "name", "seq")} | {"matter": no}
    plain = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(bytes.fromhex(previous) + plain.encode()).hexdigest()


def _check_chains(manifest: dict[str, Any], report: Report) -> None:
    before, count = len(report.changed), 0
    for chain in manifest["chains"]:
        previous = ""
        for place, fact in enumerate(chain["facts"], start=1):
            if not _fits(previous, chain["matter"], place, fact):
                report.bad("fact", _name_of(chain, fact))
            previous, count = str(fact["hash"]), count + 1
        if previous != chain["head"]:
            report.bad("head", str(chain["matter"]))
    if len(report.changed) == before:
        report.sound.append(Said("chains", str(count)))


def _fits(previous: str, no: str, place: int, fact: dict[str, Any]) -> bool:
    try:
        return bool(fact["seq"] == place and fact["hash"] == fact_hash(previous, no, fact))
    except (ValueError, UnicodeError):  # a hash that is none, a text that cannot be written
        return False


def _name_of(chain: dict[str, Any], fact: dict[str, Any]) -> str:
    return f"{chain['matter']} #{fact['seq']} {fact['name']}"


def _check_links(parts: Parts, manifest: dict[str, Any], report: Report) -> None:
    """Evidence and messages must be those the chain speaks of."""
    facts = [fact["data"] for chain in manifest["chains"] for fact in chain["facts"]]
    named = {key for data in facts for key in _evidence_named(data)}
    for one in manifest["evidence"] + manifest["gaps"]:
        if (one["no"], one["sha256"]) not in named:
            report.bad("not_in_chain", str(one["path"]))
    texts = {data["text_hash"] for data in facts if isinstance(data.get("text_hash"), str)}
    _check_words(parts, manifest, texts, report)
    for place, message in enumerate(_messages(parts, manifest, report), start=1):
        if hashlib.sha256((message["salt"] + message["text"]).encode("utf-8", "replace")).hexdigest() not in texts:
            report.bad("not_in_chain", f"{manifest['messages']} #{place}")


def _check_words(parts: Parts, manifest: dict[str, Any], texts: set[str], report: Report) -> None:
    """The complaint's own words must be those the chain keeps a hash of."""
    name = str(manifest.get("complaint") or "")
    if name not in parts.sha256:
        return
    try:
        said = json.loads(parts.read(name))
        words = f"{said['salt']}{said['what_happened']}\0{said['demand']}"
    except (ValueError, KeyError, TypeError, RecursionError):
        report.bad("unreadable", name)
        return
    if hashlib.sha256(words.encode("utf-8", "replace")).hexdigest() not in texts:
        report.bad("not_in_chain", name)


def _evidence_named(data: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Numbers and hashes of the evidence that a fact added."""
    items = data.get("items")
    for one in items if isinstance(items, list) else []:
        if isinstance(one, dict) and isinstance(one.get("no"), int) and isinstance(one.get("sha256"), str):
            yield one["no"], one["sha256"]


def _messages(parts: Parts, manifest: dict[str, Any], report: Report) -> list[dict[str, str]]:
    name = str(manifest.get("messages") or "")
    try:
        found = json.loads(parts.read(name)) if name in parts.sha256 else []
        return [{"salt": str(one["salt"]), "text": str(one["text"])} for one in found]
    except (ValueError, KeyError, TypeError, RecursionError):
        report.bad("unreadable", name)
        return []


def _check_receipt(manifest: dict[str, Any], head: str, report: Report) -> None:
    wanted = "".join(head.lower().split())
    hashes = {str(fact["hash"]) for chain in manifest["chains"] for fact in chain["facts"]}
    if not wanted:
        report.unchecked.append(Said("no_receipt"))
    elif wanted in hashes:
        report.sound.append(Said("passes"))
    else:
        report.bad("receipt", wanted)


# --- the signature


def fingerprint(pem: bytes) -> str:
    """What a public key goes by: `sha256sum key.pem`."""
    return hashlib.sha256(pem).hexdigest()


def _check_signature(parts: Parts, manifest: dict[str, Any] | None, key: bytes, report: Report) -> set[str]:
    """The files that the signature vouches for."""
    for name in (SIGNATURE, KEY):
        if name not in parts.sha256:
            report.bad("missing", name)
    inside = parts.read(KEY)
    mark = fingerprint(inside)
    if manifest is not None and manifest["issuer"]["key"] != mark:
        report.bad("signature", KEY)
    if key and fingerprint(key) != mark:
        report.bad("other_key", mark)
    if not key:
        report.unchecked.append(Said("whose_key", mark))
    is_signed = _is_signed(parts.read(MANIFEST), parts.read(SIGNATURE), key or inside)
    return _vouched_for(report, is_signed=is_signed)


def _vouched_for(report: Report, *, is_signed: bool | None) -> set[str]:
    if is_signed is None:
        report.unchecked.append(Said("no_cryptography"))
    elif is_signed:
        report.sound.append(Said("signed"))
    else:
        report.bad("signature", MANIFEST)
    return {MANIFEST, SIGNATURE} if is_signed else set()


def _is_signed(manifest: bytes, signature: bytes, pem: bytes) -> bool | None:
    """Whether the signature fits; None where `cryptography` is not installed."""
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        return None
    try:
        public = load_pem_public_key(pem)
        if not isinstance(public, Ed25519PublicKey):
            return False
        public.verify(signature, manifest)
    except (ValueError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
