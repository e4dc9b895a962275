/* An option that is a number, with up to three decimals ("0.45"). Pure. */
#ifndef DUBAN_CLI_NUMBER_OPTION_H
#define DUBAN_CLI_NUMBER_OPTION_H

#include "common/base/args.h"

/* *out = the number × unit (cut); untouched when the option is not given. ERROR_USAGE. */
__attribute__((warn_unused_result)) enum error_code number_option(const struct args *args, const char *option,
                                                                  int64_t unit, int64_t *out, struct error *err);

#endif
