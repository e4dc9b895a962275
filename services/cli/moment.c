#include "services/cli/moment.h"

#include <string.h>

enum error_code moment_resolve(const char *as_of, const char *known_at, struct instant now, struct moment *out,
                               struct error *err) {
    *out = (struct moment){.known_at = now, .past = known_at != NULL};
    struct day day;
    if (known_at) {
        if (day_parse(known_at, strlen(known_at), &day))
            out->known_at = (struct instant){day_end(day).ms - 1};
        else if (!instant_parse(known_at, strlen(known_at), &out->known_at))
            return error_set(err, ERROR_USAGE,
                             "--known-at %s: give a day (2021-06-30) or an instant (2021-06-30T08:30:00+08:00)",
                             known_at);
        if (out->known_at.ms > now.ms)
            *out = (struct moment){.known_at = now}; /* nothing is known of what is to come */
    }
    out->as_of = instant_day(out->known_at);
    if (as_of) {
        if (!day_parse(as_of, strlen(as_of), &day))
            return error_set(err, ERROR_USAGE, "--as-of %s: give a day that exists, like 2021-06-30", as_of);
        if (day.n < out->as_of.n) out->as_of = day;
    }
    return ERROR_OK;
}

bool moment_parse_since(const char *text, struct instant *out) {
    struct day day;
    if (day_parse(text, strlen(text), &day)) {
        *out = day_start(day);
        return true;
    }
    return instant_parse(text, strlen(text), out);
}
