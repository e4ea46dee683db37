-- why: bandits learn from what was shown and what came of it, over restarts, and every shift of theirs stays on record.

-- What was shown to whom by chance: the first time within a window, which is when it is due. Settled
-- in an epoch, it has its reward, and takes no more. Times are milliseconds since the epoch, as in
-- events. Eligible are the arms that could have been shown.
-- personal: experimentation
create table bandit_exposure (
  bandit     text             not null,
  profile    uuid             not null,
  at         bigint           not null,
  due        bigint           not null,
  decision   uuid             not null,
  epoch      bigint           not null,
  context    text             not null,
  arm        text             not null,
  propensity double precision not null,
  eligible   text[]           not null,
  settled    bigint,
  reward     double precision,
  primary key (bandit, profile, at)
);
create index bandit_exposure_due on bandit_exposure (bandit, due) where settled is null;
create index bandit_exposure_at on bandit_exposure (bandit, at);
create index bandit_exposure_profile on bandit_exposure (profile);

-- Events that are rewards, once for each profile whose exposure they may be the reward of. A place in
-- the log is rewarded once, whoever it is found under.
-- personal: experimentation
create table bandit_reward (
  bandit   text             not null,
  position bigint           not null,
  profile  uuid             not null,
  at       bigint           not null,
  value    double precision not null,
  claimed  boolean          not null default false,
  primary key (bandit, position, profile)
);
create index bandit_reward_profile on bandit_reward (profile);
create index bandit_reward_at on bandit_reward (at);

-- Every table a bandit ever published, and why: the batch it learnt from, and what it knew then. Sums
-- over many visitors; nothing in it singles anybody out.
create table bandit_epoch (
  bandit text   not null,
  epoch  bigint not null,
  at     bigint not null,
  body   json   not null,
  primary key (bandit, epoch)
);
