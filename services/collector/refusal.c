#include "services/collector/refusal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

enum { SAY_MAX = 704, SHOWN_CHARS = 40 };

static const struct refusal_row rows[REFUSAL_COUNT] = {
    [REFUSAL_NONE] = {"none", false, "没有退回", ""},
    [REFUSAL_NOT_TEXT] = {"not_text", true, "不是表格（里面有空字节等）",
                          "请用 WPS 或 Excel 打开，另存为 .xlsx 或 CSV 后再放入"},
    [REFUSAL_BAD_ENCODING] = {"bad_encoding", true, "文字编码既不是 UTF-8 也不是 GB18030",
                              "请另存为“CSV UTF-8”后再放入"},
    [REFUSAL_GARBLED] = {"garbled", true, "原文件已乱码（锟斤拷、成片的问号或替换符）",
                         "请从原系统重新导出，不要用乱码的文件再保存"},
    [REFUSAL_TOO_LARGE] = {"too_large", true, "文件太大，或行、列太多", "请只导出要报的表，分成几个文件"},
    [REFUSAL_OPEN_QUOTE] = {"open_quote", true, "有一个双引号没有配对，后面的行分不清",
                            "请补上或删去这个双引号，整份重新导出"},
    [REFUSAL_COLUMN_MISSING] = {"column_missing", true, "找不到要用的列（列名改了，或没有表头）",
                                "请把列名改回原样，或在采集端配置的 columns 里加上新列名"},
    [REFUSAL_COLUMN_TWICE] = {"column_twice", true, "同一项有两列都对得上",
                              "请删去一列，或在采集端配置的 columns 里写明用哪一列"},
    [REFUSAL_NO_AS_OF] = {"no_as_of", true, "标题或文件名里没有数据日期",
                          "请在标题里写“截至2021年6月30日”，或按约定的样式命名文件"},
    [REFUSAL_BAD_QUOTE] = {"bad_quote", false, "本行的双引号后面还有文字", "请检查本行的双引号，改好后重新导出"},
    [REFUSAL_BAD_JSON] = {"bad_json", false, "本行不是一个完整的 JSON 对象",
                          "请检查本行的括号、引号和逗号；一行一个对象，不能嵌套"},
    [REFUSAL_TOO_MANY_CELLS] = {"too_many_cells", false, "本行的格数比表头多",
                                "多半是文字里有逗号而没有加双引号，请加上"},
    [REFUSAL_TARGET_MISSING] = {"target_missing", false, "没有写指标", "请填指标名称或代码"},
    [REFUSAL_UNKNOWN_TARGET] = {"unknown_target", false, "计划里没有这个指标",
                                "请用计划里的名称或代码，或在采集端配置的 targets 里对应一次"},
    [REFUSAL_TARGET_AMBIGUOUS] = {"target_ambiguous", false, "有两个以上的指标叫这个名称", "请改写指标代码"},
    [REFUSAL_AREA_MISSING] = {"area_missing", false, "没有写地区", "请填县区名称或行政区划代码"},
    [REFUSAL_UNKNOWN_AREA] = {"unknown_area", false, "计划里没有这个地区", "请用计划里的县区名称或六位代码"},
    [REFUSAL_AREA_AMBIGUOUS] = {"area_ambiguous", false, "有两个以上的地区叫这个名称", "请改写六位行政区划代码"},
    [REFUSAL_TOWNSHIP] = {"township", false, "这是乡镇的代码，计划只到县区", "请报县区合计数，不要报乡镇数"},
    [REFUSAL_NO_CELL] = {"no_cell", false, "这个地区没有这项任务", "请核对指标和地区；如确有任务，请联系市里补分解表"},
    [REFUSAL_DATE_MISSING] = {"date_missing", false, "没有写数据日期", "请填数据截止的那一天，如 2021-06-30"},
    [REFUSAL_BAD_DATE] = {"bad_date", false, "不是真实存在的日期，或分不清年月日", "请写成 2021-06-30 的样子"},
    [REFUSAL_NO_YEAR] = {"no_year", false, "日期里没有年份，标题和文件名里也没有", "请写上四位年份"},
    [REFUSAL_DATE_SERIAL] = {"date_serial", false, "日期成了一个数（表格软件的内部序号）",
                             "请把这一列设为日期格式再导出，或在采集端配置里写 serial: 1900"},
    [REFUSAL_DATE_RANGE] = {"date_range", false, "日期不在计划的年份之内", "请核对年份"},
    [REFUSAL_NOT_A_NUMBER] = {"not_a_number", false, "该填数的格里不是数", "请只填数，文字写到备注列"},
    [REFUSAL_NOT_EXACT] = {"not_exact", false, "不是确数（约、左右、多、≥、区间、汉字数字）",
                           "请填一个确切的阿拉伯数字"},
    [REFUSAL_ERROR_VALUE] = {"error_value", false, "单元格是错误值，或列太窄只显示了#号",
                             "请改正公式或加宽列，保存后重新导出"},
    [REFUSAL_SEPARATOR] = {"separator", false, "逗号不像千分位（每组应是三位）",
                           "小数请用小数点；千分位请去掉或写规范"},
    [REFUSAL_OUT_OF_RANGE] = {"out_of_range", false, "数太大，超出范围", "请核对数和单位"},
    [REFUSAL_DECIMALS] = {"decimals", false, "小数位比计划规定的多", "请按计划规定的小数位填报"},
    [REFUSAL_NEGATIVE] = {"negative", false, "不能是负数", "请核对；报累计数，不报增减数"},
    [REFUSAL_NOTE_IN_CELL] = {"note_in_cell", false, "数和说明写在同一格",
                              "请把说明移到备注列，或在采集端配置里写 cell: number+note"},
    [REFUSAL_DITTO] = {"ditto", false, "数、指标、地区不能写“同上”", "请写出来"},
    [REFUSAL_PERCENT_DOUBT] = {"percent_doubt", false, "百分比没有写明是百分数还是小数",
                               "请写成 87% ，或在列名、单位列里写 %"},
    [REFUSAL_UNIT_MISSING] = {"unit_missing", false, "没有写单位", "请加单位列，或在采集端配置里写 unit"},
    [REFUSAL_UNIT_DIFFERS] = {"unit_differs", false, "单位与计划的不同",
                              "请按计划的单位填报，或在采集端配置的 factors 里写明换算"},
    [REFUSAL_UNIT_TWICE] = {"unit_twice", false, "两处写的单位不一样", "请把单位改一致"},
    [REFUSAL_STATE_UNCLEAR] = {"state_unclear", false, "看不出是完成还是未完成",
                               "请只填“已完成”或“未完成”，进展写到备注列"},
    [REFUSAL_HALF_FRACTION] = {"half_fraction", false, "分子、分母只填了一个", "请两个都填"},
    [REFUSAL_FRACTION] = {"fraction", false, "分子大于分母，或分母是0", "请核对分子、分母"},
    [REFUSAL_TWO_FIGURES] = {"two_figures", false, "数值与分子、分母算出来的不一样", "请核对，或只填其中一种"},
    [REFUSAL_WORDS_ONLY] = {"words_only", false, "这一项只报文字，不报数", "请把进展写到备注列，数值留空"},
    [REFUSAL_UNKNOWN_UNIT] = {"unknown_unit", false, "“卡在”写的单位不在计划里", "请用计划里的单位名称"},
    [REFUSAL_REPORTER] = {"reporter", false, "填报单位不是本采集端的单位", "请核对文件是否放错了文件夹"},
    [REFUSAL_DOCUMENT_MISSING] = {"document_missing", false, "代报没有写文号", "请在文号列写明依据的文件或电话记录"},
    [REFUSAL_ROW_TWICE] = {"row_twice", false, "同一指标、地区、日期有两行，数不一样", "请只留一行"},
    [REFUSAL_TEXT] = {"text", false, "文字里有不能传送的字符", "请删去特殊符号，重新填写"},
    [REFUSAL_MISFIT] = {"misfit", false, "与计划不符", "请按提示核对"},
    [REFUSAL_WORKBOOK_OLD] = {"workbook_old", true, "旧格式的表格（.xls、.et）",
                              "请用 WPS 或 Excel 打开，另存为 .xlsx 后再放入"},
    [REFUSAL_WORKBOOK_LOCKED] = {"workbook_locked", true, "文件设了打开密码", "请取消打开密码，另存后再放入"},
    [REFUSAL_WORKBOOK_BINARY] = {"workbook_binary", true, "二进制工作簿（.xlsb）",
                                 "请用 WPS 或 Excel 打开，另存为 .xlsx 后再放入"},
    [REFUSAL_WORKBOOK_BROKEN] = {"workbook_broken", true, "工作簿损坏，或没有复制完",
                                 "请用 WPS 或 Excel 打开看看，另存为 .xlsx 后再放入"},
    [REFUSAL_WEB_PAGE] = {"web_page", true, "网页或 XML 格式，只是名字像表格",
                          "请用 WPS 或 Excel 打开，另存为 .xlsx 后再放入"},
    [REFUSAL_OPEN_DOCUMENT] = {"open_document", true, "OpenDocument 格式（.ods、.odt）",
                               "请用 WPS 或 Excel 打开，另存为 .xlsx 后再放入"},
    [REFUSAL_DOCUMENT] = {"document", true, "文字、演示文档或 PDF，不是表格", "请把表放进 .xlsx 或 CSV 文件后再放入"},
    [REFUSAL_PICTURE] = {"picture", true, "照片或图片，不是表格", "请要电子表格，不要照片"},
    [REFUSAL_ARCHIVE] = {"archive", true, "压缩包", "请解压后把里面的表格放入"},
    [REFUSAL_SHEET_MISSING] = {"sheet_missing", true, "工作簿里没有要用的工作表",
                               "请核对工作表的名称，或改采集端配置里的 sheet"},
    [REFUSAL_SHEET_TWICE] = {"sheet_twice", true, "有两张以上的工作表都对得上",
                             "请在采集端配置里用 sheet 写明用哪一张"},
    [REFUSAL_STRUCK] = {"struck", false, "单元格画了删除线", "要报的请去掉删除线；不报的请删去本行"},
    [REFUSAL_NO_RESULT] = {"no_result", false, "公式没有结果", "请用 WPS 或 Excel 打开保存一次，再放入"},
    [REFUSAL_LAYOUT] = {"layout", true, "表的样式与采集端配置的不一样，或一张表里混着两种样式",
                        "请分成几张表，或在采集端配置里写对 layout；两种样式要两个来源"},
    [REFUSAL_UNKNOWN_COLUMN] = {"unknown_column", true, "有一列认不出是哪个县区、哪个指标",
                                "请把列名改成计划里的名称；不是数的列请在采集端配置的 ignore 里写上"},
    [REFUSAL_ONLY_MONTH] = {"only_month", true, "只有本月数，没有累计数",
                            "请加上累计数一列；系统里确实只有本月数的，请在采集端配置里写 increments: yes"},
    [REFUSAL_AS_OF_TWICE] = {"as_of_twice", true, "数据日期有两种说法", "请把标题、文件名里的日期改一致"},
    [REFUSAL_AS_OF_LATER] = {"as_of_later", false, "本行的日期晚于标题里的截至日期", "请核对本行的日期和标题"},
    [REFUSAL_MONTH_ALONE] = {"month_alone", false, "只填了本月数，没有填累计数",
                             "请填累计数；没有变化也请填上次的累计数"},
    [REFUSAL_MONTH_GAP] = {"month_gap", false, "中间缺月份，加不出累计数", "请补报所缺月份的本月数，或报一次累计数"},
    [REFUSAL_INCREMENT_KIND] = {"increment_kind", false, "这一项不是累计数，不能按月相加",
                                "请把这一项放在另一张表里，用另一个来源"},
    [REFUSAL_NUMBER] = {"number", false, "没有写编号，或不是消息的编号",
                        "请照抄消息末尾的编号，如 D21-1108-05；只答其中一项的写 D21-1108-05/2"},
    [REFUSAL_REASON] = {"reason", false, "原因不在名单里",
                        "请写其中一个：天气 用地 资金 等上级标准 施工 数据有误 其他；详细的写到说明列"},
    [REFUSAL_DAY_OVER] = {"day_over", false, "日期已经过了", "请写今天或以后的日期"},
    [REFUSAL_NOTHING_SAID] = {"nothing_said", false, "没有写理由，或什么也没有答",
                              "请写完成日期、原因或说明；申请延期要写理由"},
    [REFUSAL_NOT_CLOSABLE] = {"not_closable", false, "这一项不销号（达到后要保持，或只报文字）", "不用申请销号"},
    [REFUSAL_ZONE_MISSING] = {"zone_missing", true, "数据日期列是不带时区的时间",
                              "请在查询里转成日期（如 CAST(列 AS DATE)），或在采集端配置的 sql 里写 zone: \"+08:00\""},
    [REFUSAL_COLUMN_KIND] = {"column_kind", true, "要用的列是二进制，或水位列不是整数、日期、时间",
                             "请改查询，或换一列作水位"},
    [REFUSAL_SQL_CONNECTION] = {"sql_connection", true, "连接数据库的那一行写得不对，或读不了",
                                "请核对采集端配置的 connection、connection_file、password_file"},
    [REFUSAL_SQL_DRIVER] = {"sql_driver", true, "没有装这种数据库的驱动（unixODBC）",
                            "请装上驱动，核对 /etc/odbcinst.ini、/etc/odbc.ini 里的名称"},
    [REFUSAL_SQL_UNREACHABLE] = {"sql_unreachable", true, "数据库连不上",
                                 "请核对地址、端口、防火墙，看数据库是否在运行"},
    [REFUSAL_SQL_LOGIN] = {"sql_login", true, "数据库不让登录", "请核对用户名、口令、库名，以及是否允许本机连接"},
    [REFUSAL_SQL_QUERY] = {"sql_query", true, "数据库不接受这个查询",
                           "请在数据库里先试一遍；只能读，不能写，用户要有读这些表的权限"},
    [REFUSAL_SQL_TIMEOUT] = {"sql_timeout", true, "查询太慢，限定时间内没有结果",
                             "请给查询加条件或索引，或在采集端配置里加长 timeout"},
    [REFUSAL_SQL_LOST] = {"sql_lost", true, "读到一半连接断了，一行也没有收", "采集端会自己再试；常断的请查网络"},
    [REFUSAL_SQL_ROWS] = {"sql_rows", true, "结果的行数或字节数太多，一行也没有收",
                          "请给查询加条件，只查要报的；确实有这么多的，加大采集端配置的 rows"},
    [REFUSAL_SQL_WORKER] = {"sql_worker", true, "查询进程异常结束",
                            "多半是数据库驱动的毛病：请换一版驱动；还不行请联系市里"},
    [REFUSAL_JSON_LINES] = {"json_lines", true, "是 JSON，但不是一行一个对象",
                            "请一行写一个对象，对象里不换行，外面不要方括号，行末不要逗号"},
    [REFUSAL_REQUEST_EMPTY] = {"no_content", true, "没有内容", "请检查导出的程序：要有表头和数据"},
    [REFUSAL_REQUEST_CUT] = {"cut_short", true, "内容不完整，最后一行没有换行",
                             "请检查导出的程序，整份再来一次；一个数也没有收"},
    [REFUSAL_REQUEST_TOKEN] = {"token", true, "没有写口令，或口令不对",
                               "请核对请求头 Authorization: Bearer 后面的口令"},
    [REFUSAL_REQUEST_HOST] = {"host", true, "请求的主机名不是本机",
                              "请用 http://127.0.0.1 访问；别的机器要用，请配置证书和口令"},
    [REFUSAL_REQUEST_SOURCE] = {"no_source", true, "没有这个名称的来源", "请核对网址里的名称和采集端配置里的来源"},
    [REFUSAL_REQUEST_METHOD] = {"method", true, "请求方法不对", "请用 POST 发送内容"},
    [REFUSAL_REQUEST_TYPE] = {"content_type", true, "内容类型不对",
                              "请写 Content-Type: text/csv 或 application/x-ndjson"},
    [REFUSAL_REQUEST_NAME] = {"document_name", true, "文件名不能用",
                              "请用不带斜线、不以点开头、150个字节以内的文件名，或者不写"},
    [REFUSAL_REQUEST_LATER] = {"not_now", true, "现在收不了，一个数也没有收",
                               "请过一会儿把同样的内容再发一次；一直这样，请看状态文件里的 trouble"},
    [REFUSAL_SPOOL_IN_USE] = {"agent_running", true, "采集端正在运行，待发库归它用",
                              "请先停下采集端，或改用 http 来源、放进文件夹"},
};

const struct refusal_row *refusal_row(enum refusal_code code) {
    return &rows[code < REFUSAL_COUNT ? code : REFUSAL_MISFIT];
}

__attribute__((format(printf, 2, 0))) static const char *say_list(struct arena *arena, const char *format,
                                                                  va_list args) {
    char text[SAY_MAX];
    int len = vsnprintf(text, sizeof text, format, args);
    size_t used = len < 0 ? 0 : (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    /* a cut inside a character would make the whole text unfit for an event */
    while (used && !text_is_utf8(text, used, NULL))
        used--;
    return arena_text(arena, text, used);
}

const char *say(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const char *text = say_list(arena, format, args);
    va_end(args);
    return text;
}

struct refusal refuse(struct arena *arena, enum refusal_code code, size_t column, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct refusal refusal = {.code = code, .column = column, .reason = say_list(arena, format, args)};
    va_end(args);
    return refusal;
}

const char *refusal_remedy(const struct refusal *refusal) {
    return refusal->remedy ? refusal->remedy : refusal_row(refusal->code)->remedy;
}

static bool asks(const char *text) {
    size_t len = strlen(text), mark = strlen("？");
    return len >= mark && strcmp(text + len - mark, "？") == 0;
}

const char *refusal_sentence(struct arena *arena, const struct refusal *refusal) {
    return say(arena, "%s%s%s", refusal->reason, asks(refusal->reason) ? "" : "。", refusal_remedy(refusal));
}

const char *shown(struct arena *arena, struct slice text) {
    struct buffer clean = {0};
    text_clean(text.ptr ? text.ptr : "", text.len, &clean);
    size_t cut = text_cut_chars(buffer_text(&clean), clean.len, SHOWN_CHARS);
    const char *out = cut < clean.len ? say(arena, "%.*s…", (int)cut, buffer_text(&clean))
                                      : arena_text(arena, buffer_text(&clean), clean.len);
    buffer_finish(&clean);
    return out;
}
