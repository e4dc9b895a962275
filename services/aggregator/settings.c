#include "services/aggregator/settings.h"

#include "common/base/log.h"

#define FIELD(name) offsetof(struct settings, name)

static const struct config_field fields[] = {
    {.key = "database", .type = CONFIG_TEXT, .offset = FIELD(database), .required = true,
     .sample = "host=/run/postgresql dbname=duban user=duban_aggregator",
     .help = "libpq connection text; several hosts are tried in turn", .help_zh = "数据库连接串（libpq），可写多台主机"},
    {.key = "listen", .type = CONFIG_TEXT, .offset = FIELD(listen), .fallback = "tcp://*:5557",
     .help = "where agents connect: tcp://… or ipc:///…", .help_zh = "采集端连接的地址：tcp://… 或 ipc:///…"},
    {.key = "key", .type = CONFIG_PATH, .offset = FIELD(key), .required = true, .sample = "aggregator.key",
     .help = "file with this server's CURVE key pair (duban key new)", .help_zh = "本服务的密钥文件（duban key new 生成）"},
    {.key = "clock", .type = CONFIG_PATH, .offset = FIELD(clock), .sample = "",
     .help = "file of the rehearsal's stepped clock; absent = real time", .help_zh = "演练时钟文件；不写即用真实时间"},
    {.key = "status", .type = CONFIG_PATH, .offset = FIELD(status), .sample = "aggregator.status.json",
     .help = "status file, renamed into place", .help_zh = "状态文件"},
    {.key = "group_events", .type = CONFIG_INT, .offset = FIELD(group_events), .fallback = "10000", .min = 1, .max = 100000,
     .help = "at most so many events in one transaction, about", .help_zh = "一个事务里大约最多多少条"},
    {.key = "group_wait_ms", .type = CONFIG_INT, .offset = FIELD(group_wait_ms), .fallback = "0", .min = 0, .max = 10000,
     .help = "wait so long for more events before a transaction", .help_zh = "提交前等待更多数据的毫秒数"},
    {.key = "window_events", .type = CONFIG_INT, .offset = FIELD(window_events), .fallback = "8192", .min = 1, .max = 1000000,
     .help = "events an agent may have under way", .help_zh = "每个采集端在途的最多条数"},
    {.key = "window_bytes", .type = CONFIG_SIZE, .offset = FIELD(window_bytes), .fallback = "4MiB", .min = 65536,
     .max = 1 << 30, .help = "bytes an agent may have under way", .help_zh = "每个采集端在途的最多字节数"},
    {.key = "heartbeat_ms", .type = CONFIG_INT, .offset = FIELD(heartbeat_ms), .fallback = "5000", .min = 100, .max = 60000,
     .help = "agents send a STATUS this often", .help_zh = "采集端发送心跳的间隔（毫秒）"},
    {.key = "log_level", .type = CONFIG_WORD, .offset = FIELD(log_level), .fallback = "info", .words = log_levels,
     .help = "lowest level that is logged", .help_zh = "日志级别"},
};

const struct config_program settings_program = {
    .name = "duban-aggregator",
    .summary = "receives events from agents and writes them to PostgreSQL",
    .summary_zh = "接收各采集端上报的数据并写入数据库",
    .fields = fields,
    .field_count = sizeof fields / sizeof *fields,
    .size = sizeof(struct settings),
};
