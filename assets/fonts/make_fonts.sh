#!/bin/sh
# Makes the three font files of this folder. Run it in a folder that holds the originals:
#   Inter-Regular.otf and Inter-SemiBold.otf   (Debian: fonts-inter)
#   Phosphor.ttf                               (npm: @phosphor-icons/web, the regular weight)
# It needs fonttools and opentype-feature-freezer from PyPI.
set -e

# Latin with its accents, Greek, Cyrillic, then punctuation, super- and subscripts, arrows, operators, shapes.
TEXT="U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6,U+02DC,U+0300-0304,U+0307-0308,U+030A,U+0302"
TEXT="$TEXT,U+0370-03FF,U+0400-045F,U+1E9E"
TEXT="$TEXT,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032,U+2033,U+2039,U+203A,U+2044"
TEXT="$TEXT,U+2070-2079,U+207A-207F,U+2080-2089,U+20AC,U+2113,U+2122,U+2190-2199,U+21BA,U+21C4,U+21E7"
TEXT="$TEXT,U+2202,U+2206,U+2207,U+220F,U+2211,U+2212,U+2215,U+221A,U+221E,U+222B,U+2248,U+2260,U+2264,U+2265"
TEXT="$TEXT,U+2318,U+2325,U+23CE,U+25A0-25FF,U+2713,U+00D7,U+2208,U+2016,U+2225"

ICONS="U+e1d8,U+e39c,U+e296,U+edc6,U+e1dc,U+e29a,U+e3d0,U+e39e,U+e46c,U+e038,U+e036,U+e08a,U+e08c,U+e330,U+e472"
ICONS="$ICONS,U+e256,U+e248,U+eaf0,U+e3e8,U+e2d8,U+e4f6,U+e3d4,U+e32a,U+e220,U+e224,U+e136,U+e13a,U+e138,U+e13c"
ICONS="$ICONS,U+e1ee,U+e466,U+e1d0,U+e1ca,U+e434,U+e1de,U+e74e,U+eb58,U+e4ac,U+e83c,U+e2ce,U+e4e2,U+e184,U+e308"
ICONS="$ICONS,U+e30a,U+e1fe,U+ec24,U+e792,U+e69a,U+e30c,U+e0a2,U+e3e2,U+e3e4,U+e156,U+e8b6,U+e58e,U+e3f6,U+e836"
ICONS="$ICONS,U+e386,U+eb06,U+e478,U+e272,U+e628,U+ed0a,U+e194,U+e3b4,U+e6d0,U+e182,U+e1cc,U+eae8,U+e47c,U+e1d6"

for weight in Regular SemiBold; do
  # egui passes no OpenType features to its shaper, so the tabular digits are frozen in.
  pyftfeatfreeze -f tnum,ss03 "Inter-$weight.otf" "frozen-$weight.otf"
  pyftsubset "frozen-$weight.otf" --unicodes="$TEXT" \
    --layout-features=kern,ccmp,mark,mkmk,calt,locl,case --no-hinting --desubroutinize \
    --output-file="Inter-tabular-$weight.otf"
done
pyftsubset Phosphor.ttf --unicodes="$ICONS" --output-file=phosphor-subset.ttf
