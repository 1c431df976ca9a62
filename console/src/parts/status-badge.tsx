import { Badge } from '@mantine/core';
import type { Schemas } from '../api/client.ts';
import { bilingual } from '../bilingual.ts';
import { useTexts } from '../texts.ts';

/** Where a message stands. */
export type MessageStatus = Schemas['MessageStatus'];

/** The names of all that a message can be. */
export const statusNames = bilingual<Record<MessageStatus, string>>({
  en: {
    scheduled: 'Scheduled',
    queued: 'Queued',
    sending: 'Sending',
    sent: 'Sent',
    delivered: 'Delivered',
    refused: 'Refused',
    failed: 'Failed',
    unknown: 'Unknown',
    canceled: 'Canceled',
  },
  zh: {
    scheduled: '待发送',
    queued: '排队中',
    sending: '发送中',
    sent: '已发送',
    delivered: '已送达',
    refused: '被拒收',
    failed: '失败',
    unknown: '结果未知',
    canceled: '已取消',
  },
});

const UNDER_WAY = new Set<MessageStatus>(['queued', 'sending']);

/** Whether a message is on its way now, so that its status changes within moments. */
export function isUnderWay({ status }: { readonly status: MessageStatus }): boolean {
  return UNDER_WAY.has(status);
}

const COLORS: Readonly<Record<MessageStatus, string>> = {
  scheduled: 'gray',
  queued: 'gray',
  sending: 'cyan',
  sent: 'green',
  delivered: 'green',
  refused: 'orange',
  failed: 'red',
  unknown: 'yellow',
  canceled: 'gray',
};

/** A message's status in a word. */
export function StatusBadge({ status }: { readonly status: MessageStatus }) {
  const names = useTexts(statusNames);
  return (
    <Badge variant="light" color={COLORS[status]} tt="none" size="md">
      {names[status]}
    </Badge>
  );
}
