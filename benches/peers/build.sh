#!/bin/bash
# Fetches and builds the peers outside the repository: SUNDIALS from Debian's source package at -O3, numbalsoda, SciPy and
# libRoadRunner from the Python package index. Once; a second call finds them there. Needs Debian, network, g++, gfortran,
# cmake, make, python3.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
peers=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/osmocyte-peers}
mkdir -p "$peers"
cd "$peers"
for tool in g++ gfortran cmake make python3; do
  command -v $tool > /dev/null || { echo "build.sh: needs $tool" >&2; exit 1; }
done

if [ ! -e sundials/lib/libsundials_cvode.a ]; then
  # Source lists and package lists of our own: those of the system stay as they are.
  mkdir -p apt/parts apt/lists/partial
  eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
  for f in "$parts"*.sources; do
    [ -e "$f" ] && sed 's/^Types:.*/Types: deb-src/' "$f" > "apt/parts/$(basename "$f")"
  done
  for f in "$list" "$parts"*.list; do
    [ -e "$f" ] && sed -n 's/^deb /deb-src /p' "$f" > "apt/parts/$(basename "$f")"
  done
  own=(-qq -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$peers/apt/parts" -o "Dir::State::lists=$peers/apt/lists" -o "APT::Sandbox::User=root")
  apt-get "${own[@]}" update
  apt-get "${own[@]}" source --download-only sundials
  mkdir -p source
  tar xf sundials_*.orig.tar.* -C source --strip-components=1 2> /dev/null || tar xf sundials_*orig.tar.* -C source --strip-components=1
  cmake -S source -B cmake-build -DCMAKE_BUILD_TYPE=Release "-DCMAKE_C_FLAGS_RELEASE=-O3 -march=native -DNDEBUG" \
    -DBUILD_SHARED_LIBS=OFF -DBUILD_ARKODE=OFF -DBUILD_CVODES=OFF -DBUILD_IDA=OFF -DBUILD_IDAS=OFF -DBUILD_KINSOL=OFF \
    -DEXAMPLES_ENABLE_C=OFF -DEXAMPLES_ENABLE_CXX=OFF -DEXAMPLES_INSTALL=OFF \
    "-DCMAKE_INSTALL_PREFIX=$peers/sundials" -DCMAKE_INSTALL_LIBDIR=lib > sundials.log
  make -C cmake-build install >> sundials.log
fi

# Again where the list of packages has changed.
if ! cmp -s "$here/requirements.txt" python/done; then
  [ -e python/bin/pip ] || python3 -m venv python
  CXXFLAGS="-O3 -march=native" FFLAGS="-O3 -march=native" python/bin/pip install -q -r "$here/requirements.txt"
  cp "$here/requirements.txt" python/done
fi

libs=$(for l in cvode nvecserial sunmatrixdense sunmatrixband sunlinsoldense sunlinsolband sunnonlinsolfixedpoint; do
  f=sundials/lib/libsundials_$l.a; [ -e $f ] && echo $f; done)
for program in cvode sweeps; do
  g++ -O3 -march=native -std=c++17 -Wall -Isundials/include "$here/$program.cpp" -o $program $libs -lm
done
