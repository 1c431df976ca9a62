import { everyJourney } from './every-journey.ts';

await everyJourney({ language: 'en', width: 390 });
