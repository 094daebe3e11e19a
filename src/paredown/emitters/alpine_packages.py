"""What Debian's packages are called in Alpine."""

from collections.abc import Iterable

from paredown.errors import UserError
from paredown.origin import Origin

# Debian's name and Alpine's, from https://packages.debian.org (bookworm, trixie) and https://pkgs.alpinelinux.org (3.20 to 3.22).
_NAMES = {
    "build-essential": "build-base", "gcc": "gcc musl-dev", "g++": "g++ musl-dev", "clang": "clang musl-dev", "libc6-dev": "musl-dev", "make": "make",
    "cmake": "cmake", "git": "git", "pkg-config": "pkgconf", "pkgconf": "pkgconf", "cargo": "cargo", "rustc": "rust", "patchelf": "patchelf",
    "swig": "swig", "gfortran": "gfortran",
    "ca-certificates": "ca-certificates", "media-types": "mailcap",
    "mime-support": "mailcap", "tzdata": "tzdata", "curl": "curl", "wget": "wget", "bash": "bash", "tini": "tini", "dumb-init": "dumb-init",
    "gosu": "su-exec", "procps": "procps", "netcat-openbsd": "netcat-openbsd", "openssh-client": "openssh-client", "rsync": "rsync", "unzip": "unzip",
    "xz-utils": "xz", "gettext": "gettext", "ffmpeg": "ffmpeg", "imagemagick": "imagemagick", "ghostscript": "ghostscript", "graphviz": "graphviz",
    "poppler-utils": "poppler-utils", "postgresql-client": "postgresql-client", "default-mysql-client": "mysql-client", "redis-tools": "redis",
    "sqlite3": "sqlite", "nodejs": "nodejs", "npm": "npm", "libmagic1": "libmagic", "libmagic1t64": "libmagic", "file": "file",
    "tesseract-ocr": "tesseract-ocr", "tesseract-ocr-eng": "tesseract-ocr-data-eng", "tesseract-ocr-spa": "tesseract-ocr-data-spa",
    "tesseract-ocr-deu": "tesseract-ocr-data-deu", "tesseract-ocr-fra": "tesseract-ocr-data-fra",
    "libpq-dev": "libpq-dev", "libpq5": "libpq", "libffi-dev": "libffi-dev", "libffi8": "libffi", "libssl-dev": "openssl-dev", "libssl3": "libssl3",
    "libssl3t64": "libssl3", "openssl": "openssl", "zlib1g-dev": "zlib-dev", "zlib1g": "zlib", "libjpeg-dev": "libjpeg-turbo-dev",
    "libjpeg62-turbo-dev": "libjpeg-turbo-dev", "libjpeg62-turbo": "libjpeg-turbo", "libpng-dev": "libpng-dev", "libpng16-16": "libpng",
    "libpng16-16t64": "libpng", "libfreetype6-dev": "freetype-dev", "libfreetype-dev": "freetype-dev", "libfreetype6": "freetype",
    "libwebp-dev": "libwebp-dev", "libwebp7": "libwebp", "liblcms2-dev": "lcms2-dev", "liblcms2-2": "lcms2", "libopenjp2-7-dev": "openjpeg-dev",
    "libopenjp2-7": "openjpeg", "libxml2-dev": "libxml2-dev", "libxml2": "libxml2", "libxslt1-dev": "libxslt-dev", "libxslt-dev": "libxslt-dev",
    "libxslt1.1": "libxslt", "libyaml-dev": "yaml-dev", "libyaml-0-2": "yaml", "libmariadb-dev": "mariadb-connector-c-dev",
    "default-libmysqlclient-dev": "mariadb-connector-c-dev", "libmariadb3": "mariadb-connector-c", "libsqlite3-dev": "sqlite-dev",
    "libsqlite3-0": "sqlite-libs", "libbz2-dev": "bzip2-dev", "libbz2-1.0": "libbz2", "liblzma-dev": "xz-dev", "liblzma5": "xz-libs",
    "libsasl2-dev": "cyrus-sasl-dev", "libsasl2-2": "libsasl", "libldap2-dev": "openldap-dev", "libldap-dev": "openldap-dev", "libgmp-dev": "gmp-dev",
    "libgmp10": "gmp", "libgeos-dev": "geos-dev", "libgeos-c1v5": "geos", "libgeos-c1t64": "geos", "libzmq3-dev": "zeromq-dev", "libzmq5": "libzmq",
    "libsodium-dev": "libsodium-dev", "libsodium23": "libsodium", "librdkafka-dev": "librdkafka-dev", "librdkafka1": "librdkafka",
    "libgl1": "mesa-gl", "libglib2.0-0": "glib", "libglib2.0-0t64": "glib", "libgomp1": "libgomp", "libstdc++6": "libstdc++", "libgcc-s1": "libgcc",
    "libcairo2": "cairo", "libcairo2-dev": "cairo-dev", "libpango-1.0-0": "pango", "libpangocairo-1.0-0": "pango", "libpangoft2-1.0-0": "pango",
    "libgdk-pixbuf-2.0-0": "gdk-pixbuf", "fonts-dejavu": "font-dejavu", "fonts-dejavu-core": "font-dejavu", "shared-mime-info": "shared-mime-info",
}  # fmt: skip


def alpine_names(packages: Iterable[str], where: Origin) -> tuple[str, ...]:
    """Alpine's names of Debian's `packages`, each once. Raises UserError that names those whose Alpine name is not known."""
    names = [name.partition("=")[0].partition(":")[0] for name in packages]
    unknown = sorted({name for name in names if name not in _NAMES})
    if unknown:
        raise UserError(
            f"what Debian calls {', '.join(unknown)} has no name in Alpine that is known here", where=where, fix="take `--style slim`, which is on Debian"
        )
    return tuple(dict.fromkeys(word for name in names for word in _NAMES[name].split()))
