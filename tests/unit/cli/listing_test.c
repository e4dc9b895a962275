/* Neighbours in a listing: all of one alert or message and nothing of another, also at both ends. */
#include <criterion/criterion.h>

#include "services/cli/listing.h"

Test(listing, the_notices_of_an_alert) {
    struct notice_row items[] = {{.alert = 2, .id = 1}, {.alert = 4, .id = 2}, {.alert = 4, .id = 3}, {.alert = 9, .id = 4}};
    const struct listing listing = {.notices = {.items = items, .count = 4}};
    static const struct {
        int64_t alert, first;
        size_t count;
    } wanted[] = {{1, 0, 0}, {2, 1, 1}, {3, 0, 0}, {4, 2, 2}, {9, 4, 1}, {10, 0, 0}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const struct notice_row *first;
        cr_expect_eq(listing_notices(&listing, wanted[i].alert, &first), wanted[i].count, "alert %d", (int)wanted[i].alert);
        if (wanted[i].count) cr_expect_eq(first->id, wanted[i].first, "alert %d", (int)wanted[i].alert);
    }
}

Test(listing, the_deliveries_of_a_message) {
    struct delivery_row items[] = {{.message = 1}, {.message = 3}, {.message = 3}, {.message = 3}};
    const struct listing listing = {.deliveries = {.items = items, .count = 4}};
    const struct listing empty = {0};
    static const size_t wanted[] = {0, 1, 0, 3, 0};
    const struct delivery_row *first;
    for (int64_t message = 0; message < 5; message++)
        cr_expect_eq(listing_deliveries(&listing, message, &first), wanted[message], "message %d", (int)message);
    cr_expect_eq(listing_deliveries(&empty, 1, &first), 0);
}
