import { templateOf } from '../state.ts';
import { SAMPLES } from '../texts/samples.ts';
import type { Deeds, Surroundings } from './deeds.ts';

const SOON_MS = 5_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The page on which an appointment is booked. */
export function bookingDeeds({ store, qingniao }: Surroundings): Pick<Deeds, 'remind'> {
  return {
    /** Straight from the tap, as in a mini program: nothing is awaited before `subscribe`. */
    remind(when) {
      const { templates, language } = store.get();
      const template = templateOf('booking', templates);
      if (!template) return;
      store.set({ notice: undefined, problem: undefined });
      void qingniao.subscribe([template.templateId]).then(async (outcome) => {
        if (outcome.guide) return store.set({ guide: outcome.guide, notice: undefined });
        if (outcome.type === 'failed') return store.set({ problem: outcome.error.tell, notice: undefined });
        if (outcome.accepted.length === 0) return store.set({ notice: 'refused' });
        if (when === 'only') return store.set({ notice: 'allowed' });
        const booked = await qingniao.remindMe(
          template.templateId,
          when === 'soon' ? new Date(Date.now() + SOON_MS) : null,
          SAMPLES[language].reminder(new Date(Date.now() + DAY_MS)),
          { page: 'pages/booking/index' },
        );
        if (booked.type === 'failed') return store.set({ problem: booked.error.tell, notice: undefined });
        return store.set({ notice: when === 'soon' ? 'booked' : 'sentNow' });
      });
    },
  };
}
