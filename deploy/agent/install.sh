#!/bin/sh
# Installs the agent from this archive, or a newer version over it: sudo ./install.sh
# The data (/etc/duban-collector, /var/lib/duban-collector) are never touched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=/opt/duban-agent
new=$here/opt/duban-agent

say() { printf '%s\n' "$*"; }
stop_with() { printf '%s\n' "$*" >&2; exit 1; }

usage() {
    cat <<'WORDS'
sudo ./install.sh              安装，或升级到这一版；已有的配置、密钥、待发库不动
sudo ./install.sh --uninstall  卸载程序；配置、密钥、待发库留下
安装后第一次会接着提问（中心地址等）；给了 setup 的选项就照选项，例如：
sudo ./install.sh --server tcp://中心:5557 --server-key 公钥 --stream 流名 --unit 单位 --folder 文件夹
WORDS
}

check_machine() {
    [ "$(id -u)" = 0 ] || stop_with "请用管理员运行：sudo $0"
    [ "$(uname -s)" = Linux ] || stop_with "采集端只能装在 Linux 上。"
    if dpkg-query -W -f '${Status}' duban-agent 2>/dev/null | grep -q ' installed$'; then
        stop_with "这台机器是用 .deb 装的，升级请用：dpkg -i duban-agent-….deb"
    fi
}

# Before anything is replaced: does this version run here at all?
check_package() {
    read -r version architecture <"$new/share/package" || stop_with "压缩包不完整，请重新解压。"
    case $(uname -m) in
        x86_64) mine=amd64 ;;
        aarch64) mine=arm64 ;;
        *) mine=$(uname -m) ;;
    esac
    [ "$mine" = "$architecture" ] || stop_with "这个包是给 $architecture 的，这台机器是 $mine：请换对应的包。"
    loader=$(echo "$new"/lib/ld-linux-*)
    "$loader" --library-path "$new/lib" "$new/bin/duban-collector" --help >/dev/null ||
        stop_with "这台机器运行不了这个程序（Linux 内核 $(uname -r)，要 3.7 以上）。没有做任何改动。"
}

lay_down() {
    mkdir -p /opt
    free_kb=$(df -Pk /opt | { read -r _; read -r _ _ _ free _; echo "$free"; })
    [ "${free_kb:-99999}" -gt 65536 ] || stop_with "/opt 只剩 $free_kb KB，至少要 64 MB。没有做任何改动。"
    rm -rf "$target.new" "$target.old"
    cp -a "$new" "$target.new"
    chown -R 0:0 "$target.new"
    [ ! -e "$target" ] || mv "$target" "$target.old"
    mv "$target.new" "$target"
    rm -rf "$target.old"
    say "采集端 $version 已放进 $target 。"
}

case ${1:-} in
    -h | --help) usage; exit 0 ;;
esac
check_machine
if [ "${1:-}" = --uninstall ]; then
    [ -x "$target/bin/duban-agent" ] || stop_with "这台机器没有装采集端。"
    exec "$target/bin/duban-agent" remove
fi
check_package
lay_down
"$target/bin/duban-agent" installed
if [ ! -e /etc/duban-collector/collector.yaml ] && { [ $# -gt 0 ] || [ -t 0 ]; }; then
    exec "$target/bin/duban-agent" setup "$@"
fi
