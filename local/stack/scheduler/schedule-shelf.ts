import { SchedulerFault, type StoredSchedule } from './stored-schedule.ts';

/** The schedules of every group, in memory. */
export interface ScheduleShelf {
  all(): readonly StoredSchedule[];
  /** @throws SchedulerFault */
  get(group: string, name: string): StoredSchedule;
  /** @throws SchedulerFault when it is there */
  add(schedule: StoredSchedule): void;
  /** @throws SchedulerFault when it is not there */
  replace(schedule: StoredSchedule): void;
  /** @throws SchedulerFault */
  remove(group: string, name: string): void;
}

/** An empty shelf. */
export function createShelf(): ScheduleShelf {
  const schedules = new Map<string, StoredSchedule>();
  const keyOf = (group: string, name: string) => `${group}/${name}`;

  function get(group: string, name: string): StoredSchedule {
    const found = schedules.get(keyOf(group, name));
    if (found) return found;
    throw new SchedulerFault(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
  }

  return {
    all: () => [...schedules.values()],
    get,
    add(schedule) {
      const key = keyOf(schedule.GroupName, schedule.Name);
      if (schedules.has(key)) {
        throw new SchedulerFault(409, 'ConflictException', `Schedule ${schedule.Name} already exists.`);
      }
      schedules.set(key, schedule);
    },
    replace(schedule) {
      const { createdAtMs } = get(schedule.GroupName, schedule.Name);
      schedules.set(keyOf(schedule.GroupName, schedule.Name), { ...schedule, createdAtMs });
    },
    remove(group, name) {
      get(group, name);
      schedules.delete(keyOf(group, name));
    },
  };
}
