/** The samples of WeChat contract §6.2: its own with a key of zeros, and one with a key that shows which bytes are the IV. */
export const ZERO_KEY = {
  token: 'AAAAA',
  aesKey: 'A'.repeat(43),
  appId: 'wxba5fad812f8e6fb9',
  timestamp: '1714112445',
  nonce: '415670741',
  signature: '6c5c811b55cc85e0e1b54100749188c20beb3f5d',
  msgSignature: '046e02f8204d34f8ba5fa3b1db94908f3df2e9b3',
  encrypt:
    '+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=',
  message:
    '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}',
  replyEncrypt: 'ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==',
  replyMessage: '{"demo_resp":"good luck"}',
};

export const OTHER_KEY = {
  token: 'tok3n',
  aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  appId: 'wx0123456789abcdef',
  timestamp: '1700000000',
  nonce: '42',
  signature: '7ee929759481d735fc81a168efbce6f95b0c3fb5',
  msgSignature: '723166cb6b982679417cc44de0b32f2f3a9b01c9',
  encrypt:
    'Q3stYC6hdFzMh9T8HCvyDIzz86rJhACTpM2svfWzWLw+k4DaciIfa/N0mI5BCV0IN4BjgLICBli9Wcx9Vid4HiC7i87DIAFAvvSwAN9v0XhbcMJC4cMx6TEhyo6fGX2w',
  message: '{"Event":"demo","text":"订阅"}',
};
