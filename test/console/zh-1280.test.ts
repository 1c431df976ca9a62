import { everyJourney } from './every-journey.ts';

await everyJourney({ language: 'zh', width: 1280 });
