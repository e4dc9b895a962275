// What a county may send, in every field of every document; and the whole country at once. The documents are the real
// ones, changed on the way.
import { board, complaintsOf, nodes, open, settled, sideways, verdict, visit } from './browser.mjs';
import { PAGES } from './looks.mjs';

const NASTY = [
    '<img src=x onerror="window.ran=1">',
    '"><script>window.ran=1</script>',
    'javascript:window.ran=1',
    '=HYPERLINK("http://elsewhere.invalid/","x")',
    'abc\u202Egnp.exe\u202C \u2066isolated\u2069 \u200b\u0000end',
    '界'.repeat(4000),
    'x'.repeat(4000),
    "';alert(1)//\\u003cscript\\u003e",
];
// Texts that people or counties send; not codes, dates, states or numbers.
const FIELDS = new Set(['name', 'title', 'short', 'words', 'text', 'note', 'file', 'last_file', 'raw', 'value_text', 'place', 'reason', 'line', 'detail', 'target_name', 'area_name', 'target_short', 'area_short', 'task_title', 'subject', 'unit_name', 'who', 'hint', 'why', 'reporter', 'cause_word', 'rung_word', 'firmness_word', 'best_month', 'not_drawable', 'document', 'flag_words', 'state_word', 'unit']);

function poison(value, next) {
    if (Array.isArray(value)) return value.map((one) => poison(one, next));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, FIELDS.has(key) && (typeof one === 'string' || one === null) ? next() : key === 'leads' && Array.isArray(one) ? one.map(next) : poison(one, next)]));
}

async function poisoned(context) {
    let turn = 0;
    const next = () => NASTY[turn++ % NASTY.length];
    await context.route('**/api/v1/**', async (route) => {
        const path = new URL(route.request().url()).pathname;
        if (path.endsWith('/events') || path.endsWith('/session')) return route.continue();
        const answer = await route.fetch();
        if (answer.status() !== 200) return route.fulfill({ response: answer });
        return route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify(poison(await answer.json(), next)) });
    });
}

export async function hostileText(browser) {
    const context = await visit(browser, '李四');
    await poisoned(context);
    const wrong = [];
    let shown = 0;
    const page = await context.newPage();
    page.on('dialog', (dialog) => (wrong.push('a dialog'), dialog.dismiss()));
    for (const path of PAGES) {
        await page.goto(board + path);
        await settled(page);
        for (const width of [1440, 390]) {
            await page.setViewportSize({ width, height: 900 });
            const found = await page.evaluate(() => ({
                ran: window.ran,
                alien: document.querySelectorAll('#board img, #board script, #board iframe, #board a[href^="javascript"], #board [onerror]').length,
                hidden: /[\u202a-\u202e\u2066-\u2069\u200b\u0000]/.test(document.body.innerText),
                marks: document.querySelectorAll('.ctl').length,
            }));
            const over = await sideways(page);
            shown += found.marks;
            if (found.ran || found.alien || found.hidden || over > 0) wrong.push(`${path} at ${width}: ${JSON.stringify(found)}, ${over} px wider`);
        }
    }
    verdict('hostile text: nothing runs, nothing is injected, no page widens', wrong.slice(0, 4).join(' | '));
    verdict('hostile text: what cannot be seen is made visible', shown > 0 ? null : 'nothing was marked');
    complaintsOf('hostile text');
}

// The provinces by code and how many counties each has, some 2,843 in all.
const PROVINCES = [
    [11, '北京', 16], [12, '天津', 16], [13, '河北', 167], [14, '山西', 117], [15, '内蒙古', 103], [21, '辽宁', 100], [22, '吉林', 60], [23, '黑龙江', 121],
    [31, '上海', 16], [32, '江苏', 95], [33, '浙江', 90], [34, '安徽', 104], [35, '福建', 84], [36, '江西', 100], [37, '山东', 136], [41, '河南', 157],
    [42, '湖北', 103], [43, '湖南', 122], [44, '广东', 122], [45, '广西', 111], [46, '海南', 25], [50, '重庆', 38], [51, '四川', 183], [52, '贵州', 88],
    [53, '云南', 129], [54, '西藏', 74], [61, '陕西', 107], [62, '甘肃', 86], [63, '青海', 44], [64, '宁夏', 22], [65, '新疆', 107],
];

function country(overview) {
    const marks = (count, seed) => ['red', 'yellow', 'grey', 'blue', 'green'].flatMap((light, i) => Array(i === 3 ? count - Math.floor(count / 8) * 4 : Math.floor(count / 8)).fill(light)).slice(0, count || seed);
    const areas = PROVINCES.map(([code, name, count], i) => ({ code: String(code), name, short: name, city: false, tile: { row: Math.floor(i / 8), column: i % 8 }, counts: { ...overview.counts, red: Math.floor(count / 8) }, silence: null, counties: count, silent: 0, marks: marks(count, i) }));
    return { ...overview, level: 'province', areas, tasks: overview.tasks.map((task) => ({ ...task, cells: [] })) };
}

export async function wholeCountry(browser) {
    const context = await visit(browser, '李四', { bypassCSP: true });
    await context.route('**/api/v1/overview', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify(country(await answer.json())) });
    });
    const page = await open(context, '/');
    const marks = await page.locator('.marks use').count();
    const wanted = PROVINCES.reduce((sum, [, , count]) => sum + count, 0);
    verdict(`the whole country: one mark for each of ${wanted} counties`, marks === wanted && wanted === 2843 ? null : `${marks} of ${wanted}`);
    const count = await nodes(page);
    verdict('the whole country: at most 4,000 nodes', count <= 4000 ? null : count);
    verdict('the whole country: no sideways scroll', (await sideways(page)) <= 0 ? null : 'it scrolls');
    complaintsOf('the whole country');
}
