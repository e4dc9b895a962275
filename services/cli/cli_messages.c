/* The program's own words in Chinese. Data texts are Chinese everywhere and do not stand here. */
#include "services/cli/cli.h"

static const struct message_row rows[] = {
    {"%zu errors, %zu findings; the plan cannot be loaded\n", "%zu 处错误，%zu 条提示；计划不能装入\n"},
    {"%zu tasks, %zu targets, %zu cells; %zu findings; the plan can be loaded\n",
     "%zu 项任务，%zu 个指标，%zu 个格；%zu 条提示；计划可以装入\n"},
    {"no calendar was named: the one that is shipped is taken (%s)\n", "没有指定日历：用自带的（%s）\n"},
    {"plan %s is already loaded as version %d: nothing was changed\n", "计划 %s 已是第 %d 版，没有改动\n"},
    {"plan %s loaded as version %d: %zu cells, %zu of an earlier version retired\n",
     "计划 %s 已装入，第 %d 版：%zu 个格，旧版退出 %zu 个\n"},
    {"key pair written: %s (secret), %s.pub\npublic key   %s\nfingerprint  %s\n",
     "密钥已写入：%s（私钥）、%s.pub\n公钥  %s\n指纹  %s\n"},
    {"key %s may speak for stream %s (%s)\nfingerprint  %s\n", "密钥 %s 可为报送流 %s（%s）报送\n指纹  %s\n"},
    {"key %s is revoked\n", "密钥 %s 已收回\n"},
    {"key %s no longer speaks for stream %s\n", "密钥 %s 不再为报送流 %s 报送\n"},
    {"stream %s lets one new epoch in\n", "报送流 %s 可进来一个新的报送库\n"},
    {"applying %04u %s\n", "正在执行 %04u %s\n"},
    {"database at version %u, %u applied now\n", "数据库版本 %u，本次执行 %u 个\n"},
    {"programme %s: live, messages leave the office\n", "任务 %s：正式运行，消息对外发出\n"},
    {"programme %s: trial, nothing leaves the office\n", "任务 %s：试运行，消息不出办公室\n"},
    {"decision recorded as %s, acknowledged by the centre\n", "决定已记录（%s），中心已收妥\n"},
    {"settled at step %lld\n", "第 %lld 步，都办完了\n"},
    {"not settled at step %lld:\n", "第 %lld 步，还没办完：\n"},
    {"next due %s\n", "下一件在 %s\n"},
    {"%lld streams, %lld logs, %lld events, %lld in quarantine, %lld batches checked: no break\n",
     "核对 %lld 个报送流、%lld 段、%lld 条记录、隔离 %lld 条、%lld 批：完好\n"},
    {"%lld breaks in %lld events checked\n", "%lld 处断裂，共核对 %lld 条\n"},
    {"the rehearsal has reached %s\n", "演练已到 %s\n"},
    {"nothing in quarantine\n", "没有隔离的记录\n"},
};

const struct messages cli_messages = {rows, sizeof rows / sizeof *rows};
