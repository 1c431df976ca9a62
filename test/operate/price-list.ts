import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Service } from '../../operate/cost/price-list-file.ts';

/** A product of a price list: its usage type, its tiers, and attributes that tell it from others. */
export type Product = readonly [
  usage: string,
  tiers: readonly (readonly [from: string, price: string])[],
  attributes?: Readonly<Record<string, string>>,
];

/**
 * A file of AWS's price list, in the form that its files have: products and prices apart, numbers as text, a term
 * and a rate code in each key.
 */
export function priceListFile(
  offerCode: string,
  products: readonly Product[],
  { currency = 'USD', published = '2026-11-20T17:35:10Z' } = {},
): string {
  const numbered = products.map((product, index) => ({
    sku: `SKU${offerCode.toUpperCase()}${index}`,
    product,
  }));
  return JSON.stringify({
    formatVersion: 'v1.0',
    disclaimer: 'This pricing list is for informational purposes only.',
    offerCode,
    version: published.replaceAll(/\D/g, ''),
    publicationDate: published,
    products: Object.fromEntries(
      numbered.map(({ sku, product: [usagetype, , attributes] }) => [
        sku,
        {
          sku,
          productFamily: 'Of no interest',
          attributes: {
            servicecode: offerCode,
            locationType: 'AWS Region',
            usagetype,
            operation: '',
            ...attributes,
          },
        },
      ]),
    ),
    terms: {
      OnDemand: Object.fromEntries(
        numbered.map(({ sku, product: [usagetype, tiers] }) => [
          sku,
          { [`${sku}.JRTCKXETXF`]: termOf(sku, { usagetype, tiers, currency }) },
        ]),
      ),
    },
    attributesList: {},
  });
}

function termOf(
  sku: string,
  { usagetype, tiers, currency }: { usagetype: string; tiers: Product[1]; currency: string },
): object {
  const dimension = ([beginRange, price]: readonly [string, string], tier: number) => {
    const rateCode = `${sku}.JRTCKXETXF.TIER${tier}`;
    const endRange = tiers[tier + 1]?.[0] ?? 'Inf';
    const pricePerUnit = { [currency]: price };
    return [
      rateCode,
      { rateCode, description: usagetype, beginRange, endRange, unit: 'Units', pricePerUnit, appliesTo: [] },
    ];
  };
  return {
    offerTermCode: 'JRTCKXETXF',
    sku,
    effectiveDate: '2026-11-01T00:00:00Z',
    // Cheaper tiers first: nothing says in which order they come.
    priceDimensions: Object.fromEntries(tiers.map(dimension).toReversed()),
    termAttributes: {},
  };
}

const from0 = (price: string) => [['0', price]] as const;

/** What a region's files have, with the neighbours of each product that must not be taken for it. */
export function filesOfRegion(code: string, currency = 'USD'): Readonly<Record<Service, string>> {
  const file = (offerCode: Service, products: readonly Product[]) => [
    offerCode,
    priceListFile(offerCode, products, { currency }),
  ];
  return Object.fromEntries([
    file('AmazonDynamoDB', [
      [`${code}WriteRequestUnits`, from0('0.0000007120'), { group: 'DDB-WriteUnits' }],
      [`${code}ReplWriteRequestUnits`, from0('0.0000091000')],
      ['IA-WriteRequestUnits', from0('0.0000092000')],
      [`${code}IA-WriteRequestUnits`, from0('0.0000092000')],
      [`${code}WriteCapacityUnit-Hrs`, from0('0.0007400000'), { group: 'DDB-WriteUnits' }],
      [`${code}ReadRequestUnits`, from0('0.0000001420')],
      [
        `${code}TimedStorage-ByteHrs`,
        [
          ['0', '0.0000000000'],
          ['25', '0.2850000000'],
        ],
      ],
      [`${code}TimedPITRStorage-ByteHrs`, from0('0.2280000000')],
      [`${code}IA-TimedStorage-ByteHrs`, from0('0.1140000000')],
    ]),
    file('AWSLambda', [
      [`${code}Request-ARM`, from0('0.0000002000')],
      [`${code}Request`, from0('0.0000002000')],
      ['Global-Request', from0('0.0000000000')],
      [`${code}Lambda-Edge-Request`, from0('0.0000006000')],
      [
        `${code}Lambda-GB-Second-ARM`,
        [
          ['0', '0.0000133334'],
          ['7500000000', '0.0000120001'],
          ['18750000000', '0.0000106667'],
        ],
      ],
      [`${code}Lambda-GB-Second`, from0('0.0000166667')],
      ['Global-Lambda-GB-Second', from0('0.0000000000')],
      [`${code}Lambda-Provisioned-GB-Second-ARM`, from0('0.0000077778')],
    ]),
    file('AmazonApiGateway', [
      [
        `${code}ApiGatewayHttpRequest`,
        [
          ['0', '0.0000012500'],
          ['300000000', '0.0000011800'],
        ],
      ],
      [`${code}ApiGatewayRequest`, from0('0.0000042500')],
    ]),
    file('AWSQueueService', [
      [
        code === '' ? 'Requests-RBP' : `${code}Requests-Tier1`,
        [
          ['0', '0.0000004000'],
          ['100000000000', '0.0000003000'],
        ],
        { queueType: 'Standard' },
      ],
      [code === '' ? 'Requests-RBP' : `${code}Requests-Tier1`, from0('0.0000001000'), { queueType: 'Fair' }],
      [`${code}Requests-FIFO-Tier1`, from0('0.0000005000'), { queueType: 'FIFO (first-in, first-out)' }],
    ]),
    file('AWSEvents', [
      [`${code}Event-64K-Chunks`, from0('0.0000011000'), { eventType: 'Custom Event' }],
      [`${code}Event-64K-Chunks`, from0('0.0000099000'), { eventType: 'Partner Event' }],
      [`${code}Event-8K-Chunks`, from0('0.0000001000'), { eventType: 'Discovery Event' }],
    ]),
    file('AmazonCloudWatch', [
      [`${code}DataProcessing-Bytes`, from0('0.7000000000')],
      [`${code}DataProcessingIA-Bytes`, from0('0.3500000000')],
      [`${code}VendedLog-Bytes`, from0('0.1000000000')],
    ]),
  ]);
}

/** What the list answers for one file; `silence` never answers. */
export type Answer = string | { readonly status: number } | 'silence';

/** A price list on this machine, with the paths that it was asked for. */
export async function startPriceList(
  answerOf: (path: string) => Answer,
): Promise<{ readonly address: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const answer = answerOf(url);
    if (answer === 'silence') return;
    if (typeof answer === 'string') response.end(answer);
    else response.writeHead(answer.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, asked };
}
