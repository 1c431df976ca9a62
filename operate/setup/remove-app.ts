import { appParameter } from '../../lib/settings/apps.ts';
import { UsageError } from '../command-line.ts';
import type { AppServices } from './add-app.ts';
import { readApp } from './app-parameters.ts';
import { removedLines, removeQuestion, unknownAppText } from './app-texts.ts';
import { APP_SECRET_KINDS, readRawSettings } from './plan-app.ts';

/**
 * Ends all sending of a mini program and deletes its secrets. Its data stays, to be read and erased, and so does
 * its place in the list. Sending is stopped before the secrets go: a crash in between leaves an app that is
 * stopped. Returns whether that was agreed to.
 *
 * @throws UsageError for one that the stage does not have
 */
export async function removeApp(
  services: Pick<AppServices, 'appsPath' | 'parameters' | 'questions' | 'print'>,
  { appId, stage, dryRun }: { readonly appId: string; readonly stage: string; readonly dryRun: boolean },
): Promise<boolean> {
  const { appsPath, parameters, questions, print } = services;
  const { list, settings, secrets } = await readApp(services, appId);
  if (!list.includes(appId)) throw new UsageError(unknownAppText(appId, list));
  const name = appParameter(appsPath, appId, 'settings');
  const raw = readRawSettings(settings, name);
  const deleted = APP_SECRET_KINDS.filter((kind) => secrets[kind] !== undefined).map((kind) =>
    appParameter(appsPath, appId, kind),
  );
  if (!dryRun) {
    const isAgreed = questions ? await questions.agreeTo(removeQuestion(appId), appId) : true;
    if (!isAgreed) return false;
    const stopped = JSON.stringify({ ...raw, SENDING: 'stopped' });
    await parameters.write(name, stopped, { type: 'String', replace: true });
    if (deleted.length > 0) await parameters.remove(deleted);
  }
  for (const line of removedLines({ settings: name, deleted, stage, appId, dryRun })) print(line);
  return true;
}
