#include "proto/codes.h"

#include <stdbool.h>

static const struct code_row unknown = {0, 0, "UNKNOWN", "a code of a later version", "未知代码（版本较新）"};

static const struct code_row quarantine[] = {
    {1, 0, "NOT_AN_EVENT", "the bytes are no event of this layout: the agent's program is faulty",
     "不是本协议的事件，上报程序有误"},
    {2, 0, "NOT_CANONICAL", "not the shortest msgpack form: the agent's program is faulty", "编码不规范，上报程序有误"},
    {3, 0, "EVENT_TOO_LARGE", "an event has at most 16384 bytes: shorten its texts", "单条超过16KB，请缩短文字"},
    {5, 0, "TEXT_NOT_NFC", "texts must be Unicode NFC", "文字须为规范编码（NFC）"},
    {6, 0, "TEXT_CONTROL", "texts must be UTF-8 without control characters; names must not be empty",
     "文字含控制字符、乱码，或名称为空"},
    {7, 0, "TEXT_TOO_LONG", "a text is longer than its field allows (note: 200 characters)",
     "文字超长（说明不超过200字）"},
    {8, 0, "BAD_MORE", "the field `more` does not fit the kind of event", "附加内容与事件类别不符"},
    {20, 0, "OUT_OF_SCOPE", "this stream may not report for that task or area: check the mapping or the key's scope",
     "超出上报范围：地区或任务不归本单位报，请核对映射或请中心端调整授权"},
    {21, 0, "NOT_A_DECISION_STREAM", "only the office's own stream may carry decisions", "只有督办办公室可作此决定"},
    {22, 0, "REPORTER_NOT_OF_STREAM", "the reporter is not the unit of this stream", "填报单位与授权单位不符"},
    {23, 0, "DOCUMENT_MISSING", "a figure reported on behalf of another needs a source document", "代报须注明来源文件"},
    {30, 0, "UNKNOWN_TARGET", "no such target in the plan", "没有这个指标，请核对指标代码"},
    {31, 0, "UNKNOWN_AREA", "no such area in the plan", "没有这个地区，请核对地区代码"},
    {32, 0, "NO_CELL", "this area has no share of that target", "该地区没有分解到此指标"},
    {33, 0, "UNKNOWN_UNIT", "no such unit in the plan", "没有这个单位，请用计划中的名称"},
    {34, 0, "TARGET_MISSING", "this kind of event needs a target", "缺少指标"},
    {35, 0, "AREA_MISSING", "this kind of event needs an area", "缺少地区"},
    {37, 0, "WORDS_ONLY", "this target takes words, no figure", "此项只报文字，不报数"},
    {50, 0, "FIGURE_MISSING", "a figure is needed", "缺少数值"},
    {51, 0, "BAD_FIGURE_FORM",
     "the form of the figure does not fit the target (value, numerator and denominator, done)",
     "数值形式与指标类型不符（数值、分子分母、是否完成）"},
    {52, 0, "TOO_MANY_DECIMALS", "more decimals than the target has", "小数位数超过指标规定"},
    {53, 0, "VALUE_OUT_OF_RANGE", "the value is beyond what the target can have", "数值超出可能范围"},
    {54, 0, "NUMERATOR_ABOVE_DENOMINATOR", "the numerator is above the denominator", "分子大于分母"},
    {55, 0, "DENOMINATOR_ZERO", "the denominator must be above 0", "分母须大于0"},
    {56, 0, "NEGATIVE", "this target has no negative values", "此指标不能为负数"},
    {57, 0, "FIGURE_NOT_ALLOWED", "this kind of event carries no figure", "此类事件不应带数值"},
    {70, 0, "AS_OF_MISSING", "the day the figure is about is missing", "缺少数据日期"},
    {71, 0, "AS_OF_OUT_OF_RANGE", "the day is before the programme or too far ahead", "数据日期早于计划或过远"},
};

static const struct code_row errors[] = {
    {WIRE_FENCED, ERROR_CLASS_NEVER, "FENCED",
     "another session of this stream is newer: find the second agent, then duban-collector resume",
     "本流已有更新的会话：请查找重复运行的采集端，再执行 duban-collector resume"},
    {WIRE_REVOKED, ERROR_CLASS_NEVER, "REVOKED", "the key was revoked at the centre", "密钥已被中心端吊销"},
    {WIRE_FORK, ERROR_CLASS_NEVER, "FORK",
     "the centre holds other events under these numbers: move what is not acked into a new epoch",
     "中心端同号事件与本地不同：本地库可能是复制或恢复的，须另开新纪元"},
    {WIRE_UNSUPPORTED_VERSION, ERROR_CLASS_NEVER, "UNSUPPORTED_VERSION", "no common protocol version: update",
     "协议版本不相容，请升级"},
    {WIRE_FORMER_EPOCH, ERROR_CLASS_NEVER, "FORMER_EPOCH",
     "this epoch of the stream was closed when another was let in: the spool is an old copy",
     "该纪元已关闭：本地库是旧的副本，须另开新纪元"},
    {WIRE_NOT_AUTHORISED, ERROR_CLASS_LATER, "NOT_AUTHORISED", "the key is not allowed for this stream (yet)",
     "密钥尚未获准用于本流"},
    {WIRE_UNKNOWN_EPOCH, ERROR_CLASS_LATER, "UNKNOWN_EPOCH",
     "the stream has another epoch: the centre must run duban stream reopen",
     "纪元不符：请中心端执行 duban stream reopen"},
    {WIRE_BUSY, ERROR_CLASS_LATER, "BUSY", "the centre is busy or its database is away", "中心端繁忙或数据库暂不可用"},
    {WIRE_DRAINING, ERROR_CLASS_LATER, "DRAINING", "this server is being stopped: try the next",
     "服务器即将停机，请换下一个"},
    {WIRE_MALFORMED, ERROR_CLASS_REHELLO, "MALFORMED", "a message that is not of this protocol", "消息不符合协议"},
    {WIRE_TOO_LARGE, ERROR_CLASS_REHELLO, "TOO_LARGE", "a message or batch beyond the limits", "消息或批次过大"},
    {WIRE_NO_SESSION, ERROR_CLASS_REHELLO, "NO_SESSION", "no HELLO of this session is known: say it again",
     "会话不存在，请重新握手"},
};

enum { QUARANTINE_ROWS = sizeof quarantine / sizeof *quarantine, ERROR_ROWS = sizeof errors / sizeof *errors };

static const struct code_row *find(const struct code_row *rows, size_t count, unsigned number) {
    for (size_t i = 0; i < count; i++)
        if (rows[i].number == number) return &rows[i];
    return &unknown;
}

const struct code_row *quarantine_row(unsigned number) {
    return find(quarantine, QUARANTINE_ROWS, number);
}

const struct code_row *wire_error_row(unsigned number) {
    return find(errors, ERROR_ROWS, number);
}

enum quarantine_code quarantine_of_decode(enum proto_code code, unsigned field) {
    enum { AS_OF = 5, FIGURE = 6, NOTE = 12, MORE = 15 }; /* places of event.h */
    bool text = field == 3 || field == 4 || field == 8 || field == 9 || (field >= 11 && field <= 14);
    if (code == PROTO_NOT_CANONICAL) return QUARANTINE_NOT_CANONICAL;
    if (code == PROTO_TRUNCATED) return QUARANTINE_NOT_AN_EVENT;
    if (field == MORE) return QUARANTINE_BAD_MORE;
    if (code == PROTO_TOO_LARGE) return field == NOTE ? QUARANTINE_TEXT_TOO_LONG : QUARANTINE_EVENT_TOO_LARGE;
    if (code == PROTO_RANGE && text) return QUARANTINE_TEXT_CONTROL;
    if (code == PROTO_RANGE && field == AS_OF) return QUARANTINE_AS_OF_OUT_OF_RANGE;
    if (code == PROTO_RANGE && field == FIGURE) return QUARANTINE_VALUE_OUT_OF_RANGE;
    return QUARANTINE_NOT_AN_EVENT;
}

const struct code_row *quarantine_rows(size_t *count) {
    *count = QUARANTINE_ROWS;
    return quarantine;
}

const struct code_row *wire_error_rows(size_t *count) {
    *count = ERROR_ROWS;
    return errors;
}
