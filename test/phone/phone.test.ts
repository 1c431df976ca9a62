import { usePhone } from './open-phone.ts';
import { testBooking } from './parts/booking.ts';
import { testDevice } from './parts/device.ts';
import { testLook } from './parts/look.ts';
import { testServiceCards } from './parts/service-cards.ts';
import { testSettings } from './parts/settings.ts';
import { testTaps } from './parts/taps.ts';
import { testUnderneath } from './parts/underneath.ts';

/** The phone of `npm run dev` in a real browser: one stack and one browser for all that follows. */
const phone = await usePhone();

testBooking(phone);
testSettings(phone);
testDevice(phone);
testServiceCards(phone);
testTaps(phone);
testUnderneath(phone);
testLook(phone);
