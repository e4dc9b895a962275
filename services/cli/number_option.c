#include "services/cli/number_option.h"

#include <string.h>

#include "proto/decimal.h"

enum error_code number_option(const struct args *args, const char *option, int64_t unit, int64_t *out,
                              struct error *err) {
    const char *text = args_value(args, option, NULL);
    struct decimal value;
    int64_t divisor = 1;
    if (!text) return ERROR_OK;
    if (decimal_parse(text, strlen(text), &value) || value.mantissa < 0 || value.scale > 3 ||
        value.mantissa > 1000000000)
        return error_set(err, ERROR_USAGE, "--%s %s: give a number of at least 0", option, text);
    for (unsigned i = 0; i < value.scale; i++)
        divisor *= 10;
    *out = value.mantissa * unit / divisor;
    return ERROR_OK;
}
