import type { View } from './browser.ts';
import { startWorld } from './console-world.ts';
import { brokenNetworkJourneys } from './journeys/broken-network.ts';
import { campaignJourneys } from './journeys/campaigns.ts';
import { messageJourneys } from './journeys/messages.ts';
import { missingJourneys } from './journeys/missing.ts';
import { overviewJourneys, troubleJourneys } from './journeys/overview.ts';
import { runJourneys } from './journeys/runs.ts';
import { templateJourneys } from './journeys/templates.ts';
import { userJourneys } from './journeys/users.ts';

/** Has no access token yet when its journey comes. */
const UNUSED = { appId: 'wx3333333333333333', name: '青鸟书店' };

/** With CONSOLE_VIEWS=one each journey is made in one view, and the four views take turns. */
const TAKE_TURNS = process.env['CONSOLE_VIEWS'] === 'one';
const VIEWS: readonly View[] = [
  { language: 'zh', width: 390 },
  { language: 'en', width: 1280 },
  { language: 'zh', width: 1280 },
  { language: 'en', width: 390 },
];

/** Every journey that is made in each language and at each width, over one stack and in one browser. */
export async function everyJourney(view: View): Promise<void> {
  const world = await startWorld({ moreApps: [UNUSED] });
  await world.call('POST', '/v1/templates/sync');
  const journeys = [
    overviewJourneys,
    userJourneys,
    messageJourneys,
    templateJourneys,
    campaignJourneys,
    runJourneys,
    missingJourneys,
    brokenNetworkJourneys,
    troubleJourneys,
  ];
  journeys.forEach((journey, place) => {
    journey(world, (TAKE_TURNS && VIEWS[place % VIEWS.length]) || view, UNUSED);
  });
}
