#include <criterion/criterion.h>

#include "services/collector/workbook_styles.h"

Test(workbook_format, what_a_code_says_of_its_number) {
    static const struct {
        const char *code;
        enum format_kind kind;
        int shift;
        const char *unit;
    } rows[] = {
        {"General", FORMAT_NUMBER, 0, ""},
        {"G/通用格式", FORMAT_NUMBER, 0, ""},
        {"@", FORMAT_NUMBER, 0, ""},
        {"0.00", FORMAT_NUMBER, 0, ""},
        {"#,##0.00", FORMAT_NUMBER, 0, ""},
        {"0.00E+00", FORMAT_NUMBER, 0, ""},
        {"# ?/?", FORMAT_NUMBER, 0, ""},
        {"0%", FORMAT_PERCENT, 2, ""},
        {"0.00%;[Red]-0.00%", FORMAT_PERCENT, 2, ""},
        {"0.0_ ;\\-0.0\\ ", FORMAT_NUMBER, 0, ""},
        {"_ \"¥\"* #,##0.00_ ;_ \"¥\"* \\-#,##0.00_ ", FORMAT_NUMBER, 0, ""},
        {"[$¥-804]#,##0.00", FORMAT_NUMBER, 0, ""},
        {"0.0\"公里\"", FORMAT_NUMBER, 0, "公里"},
        {"0.0 公里", FORMAT_NUMBER, 0, "公里"},
        {"0\"%\"", FORMAT_NUMBER, 0, "%"},
        {"#,##0,", FORMAT_NUMBER, -3, ""},
        {"0.0,,\"百万\"", FORMAT_NUMBER, -6, "百万"},
        {"0!.0000\"万元\"", FORMAT_NUMBER, -4, "万元"},
        {"0\\.0,\"万\"", FORMAT_NUMBER, -4, "万"},
        {"yyyy-mm-dd", FORMAT_DATE, 0, ""},
        {"yyyy/m/d;@", FORMAT_DATE, 0, ""},
        {"[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", FORMAT_DATE, 0, ""},
        {"yyyy\"年\"m\"月\"d\"日\"", FORMAT_DATE, 0, ""},
        {"yyyy年m月d日", FORMAT_DATE, 0, ""},
        {"[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", FORMAT_DATE, 0, ""},
        {"m\"月\"d\"日\"", FORMAT_DATE, 0, ""},
        {"yyyy/m/d h:mm", FORMAT_DATE, 0, ""},
        {"yyyy\"年\"m\"月\"", FORMAT_MONTH, 0, ""},
        {"mmm-yy", FORMAT_MONTH, 0, ""},
        {"yyyy", FORMAT_DATE, 0, ""},
        {"h:mm", FORMAT_TIME, 0, ""},
        {"mm:ss.0", FORMAT_NUMBER, 0, ""},
        {"[h]:mm:ss", FORMAT_TIME, 0, ""},
        {"h:mm AM/PM", FORMAT_TIME, 0, ""},
        {"上午/下午h\"时\"mm\"分\"", FORMAT_TIME, 0, ""},
        {"", FORMAT_NUMBER, 0, ""},
        {"\"", FORMAT_NUMBER, 0, ""},
        {"\\", FORMAT_NUMBER, 0, ""},
        {"[", FORMAT_NUMBER, 0, ""},
        {"_", FORMAT_NUMBER, 0, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cell_format format = format_read(rows[i].code);
        cr_expect_eq(format.kind, rows[i].kind, "%s: kind %d", rows[i].code, (int)format.kind);
        cr_expect_eq(format.shift, rows[i].shift, "%s: shift %d", rows[i].code, format.shift);
        cr_expect_str_eq(format.unit, rows[i].unit, "%s: unit %s", rows[i].code, format.unit);
    }
}
