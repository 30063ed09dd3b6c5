import numpy as np
def fit(dp,dq,clip,iters=400):
    N=4000
    th=(np.arange(N)+.5)/N*np.pi; x=(clip/2*(1-np.cos(th))).astype(np.longdouble); x=x[x>1e-3]
    t=np.tanh(x); y=(x*x)/(clip*clip)
    w=np.ones_like(x); Q=np.ones_like(x); best=None
    for it in range(iters):
        # sum w ( (xP - tQ)/(t Qprev) )^2 , Q=1+...
        cols=[x*y**k/(t*Q) for k in range(dp+1)]+[-(y**k)/Q for k in range(1,dq+1)]
        A=np.stack(cols,1); b=1/Q
        sw=np.sqrt(w)
        sc=np.abs(A*sw[:,None]).max(0)
        c,*_=np.linalg.lstsq((A*sw[:,None]/sc).astype(float),(b*sw).astype(float),rcond=None)
        c=c/sc
        P=sum(c[k]*y**k for k in range(dp+1)); Q=1+sum(c[dp+k]*y**k for k in range(1,dq+1))
        e=np.abs(x*P/Q/t-1)
        m=e.max()
        if best is None or m<best[0]: best=(m,c.copy())
        w=w*(e/m+1e-6)**1.0; w/=w.mean()
    m,c=best
    p=[c[k]/(clip*clip)**k for k in range(dp+1)]; q=[1]+[c[dp+k]/(clip*clip)**k for k in range(1,dq+1)]
    return m,p,q
def ev(p,q,clip):
    x=np.linspace(-12,12,2000001).astype(np.float32)
    xc=np.clip(x,np.float32(-clip),np.float32(clip)); y=xc*xc
    P=np.float32(p[-1])*np.ones_like(y)
    for a in p[-2::-1]: P=P*y+np.float32(a)
    Q=np.float32(q[-1])*np.ones_like(y)
    for a in q[-2::-1]: Q=Q*y+np.float32(a)
    r=xc*P/Q; t=np.tanh(x.astype(float))
    nz=x!=0
    return np.abs(r-t).max(), np.abs(r[nz]/t[nz]-1).max(), np.abs(r).max()
for dp,dq,clip in [(6,3,7.9),(4,4,8.0),(5,3,7.9),(4,3,7.5),(5,4,9.0),(3,4,7.0),(4,5,9.0),(5,5,9.0)]:
    m,p,q=fit(dp,dq,clip); print(dp,dq,clip,'minimax',float(m),'float32 abs/rel/max',ev(p,q,clip)); print([float(a) for a in p],[float(a) for a in q])
